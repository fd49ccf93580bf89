// Requests to hooks as NetBox and other senders make them. Signed here, with nothing of what verifies them.
import { createHmac } from 'node:crypto';
import type { HttpCall } from './events.ts';

export const NETBOX_KEY = 'not-a-real-netbox-key';
export const GENERIC_KEY = 'not-a-real-generic-key';

interface Changes {
  readonly key?: string;
  readonly source?: string;
  readonly base64?: boolean;
  /** Sent in place of the headers that the request should have. */
  readonly headers?: Record<string, string>;
  /** Sent in place of the body that was signed. */
  readonly sent?: string | Buffer;
}

/** The body of a NetBox webhook without a body template. */
export function netboxBody(timestamp: string | undefined = new Date(Date.now()).toISOString()): string {
  return JSON.stringify({
    event: 'updated',
    timestamp,
    object_type: 'dcim.device',
    data: { id: 4, name: 'web-1', display: 'web-1 · süd', status: { value: 'active', label: 'Active' } },
    snapshots: { prechange: { status: 'staged' }, postchange: { status: 'active' } },
  });
}

export function netboxCall(body: string | Buffer = netboxBody(), changes: Changes = {}): HttpCall {
  const { key = NETBOX_KEY, source = 'netbox' } = changes;
  const signature = createHmac('sha512', key).update(body).digest('hex');
  return call(source, body, { 'X-Hook-Signature': signature }, changes);
}

export function genericCall(
  body: string | Buffer = '{"changed":"machines"}',
  {
    seconds = String(Math.floor(Date.now() / 1000)),
    ...changes
  }: Changes & { readonly seconds?: string } = {},
): HttpCall {
  const { key = GENERIC_KEY, source = 'cmdb' } = changes;
  const signature = createHmac('sha256', key).update(`${seconds}.`).update(body).digest('hex');
  const headers = { 'X-Signature': `sha256=${signature}`, 'X-Signature-Timestamp': seconds };
  return call(source, body, headers, changes);
}

function call(
  source: string,
  signed: string | Buffer,
  headers: Record<string, string>,
  changes: Changes,
): HttpCall {
  const body = Buffer.from(changes.sent ?? signed);
  const base64 = changes.base64 ?? false;
  return {
    method: 'POST',
    // The route's own path: some of the names cannot stand in one.
    path: '/hooks/{source}',
    parameters: { source },
    headers: { 'Content-Type': 'application/json', ...(changes.headers ?? headers) },
    body: body.toString(base64 ? 'base64' : 'utf8'),
    base64,
  };
}
