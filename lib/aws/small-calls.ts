// Two calls to AWS as the one request that each of them is. The clients of S3 and SQS would make every function that writes
// groups several times as large, for calls that are made after the work is done. What is read is read by the client of S3.

import { signed, type UnsignedRequest } from './sigv4.ts';

/** Sends a request that is signed. Bytes of an answer beyond what is told here are of no account. */
export type Send = (request: {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
}) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

/** A call that AWS refused, or that nothing is known of. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  /** As AWS names the fault, or the status of the answer. */
  readonly code: string;
  /** Whether another try may do. */
  readonly passing: boolean;
  constructor(doing: string, code: string, passing: boolean) {
    super(`${doing}: ${code}`);
    this.code = code;
    this.passing = passing;
  }
}

export interface Bucket {
  readonly name: string;
  readonly region: string;
  /** For a stand-in of the service; AWS where absent. */
  readonly endpoint?: string | undefined;
}

/**
 * Puts an object where there is none of this key.
 * @param key of characters that no URL escapes
 * @returns whether it was put: false where there is one already
 * @throws CallFailed, or what `send` throws
 */
export async function putNew(
  { name, region, endpoint }: Bucket,
  { key, body, type }: { readonly key: string; readonly body: Uint8Array; readonly type: string },
  timeoutMs: number,
  send: Send,
): Promise<boolean> {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const base = endpoint === undefined ? `https://${name}.s3.${region}.${suffix}` : `${endpoint}/${name}`;
  const request = {
    method: 'PUT',
    url: new URL(`${base}/${key}`),
    headers: { 'content-type': type, 'content-length': String(body.length), 'if-none-match': '*' },
    body,
  };
  const { status, body: answer } = await call(request, 's3', region, timeoutMs, send);
  if (status === 412) return false;
  if (status >= 200 && status < 300) return true;
  const code = /<Code>(\w{1,64})<\/Code>/.exec(textOf(answer))?.[1] ?? String(status);
  // 409: somebody else puts the same object at this moment.
  throw new CallFailed(`PutObject ${name}`, code, status === 409 || status === 429 || status >= 500);
}

/** @param queueUrl as SQS gives it @throws CallFailed, or what `send` throws */
export async function sendMessage(
  queueUrl: string,
  region: string,
  text: string,
  timeoutMs: number,
  send: Send,
): Promise<void> {
  const body = new TextEncoder().encode(JSON.stringify({ QueueUrl: queueUrl, MessageBody: text }));
  const request = {
    method: 'POST',
    url: new URL('/', queueUrl),
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(body.length),
      'x-amz-target': 'AmazonSQS.SendMessage',
    },
    body,
  };
  const { status, body: answer } = await call(request, 'sqs', region, timeoutMs, send);
  if (status === 200) return;
  const code = /"__type":"(?:[\w.]{1,64}#)?(\w{1,64})"/.exec(textOf(answer))?.[1] ?? String(status);
  throw new CallFailed('SendMessage', code, status === 429 || status >= 500);
}

async function call(
  request: UnsignedRequest & { readonly body: Uint8Array },
  service: string,
  region: string,
  timeoutMs: number,
  send: Send,
) {
  const { method, url, body } = request;
  const { host } = url;
  return send({
    method,
    url,
    body,
    timeoutMs,
    headers: { ...(await signed(request, service, region)), host },
  });
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(0, 4_096));
