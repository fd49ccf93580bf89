// The official clients, pointed at a stand-in: names below its endpoint resolve to 127.0.0.1 while they run.
import dns from 'node:dns';
import { createRequire } from 'node:module';
import type { SignatureForm, StandIn, StandInKey } from './index.ts';

const require = createRequire(import.meta.url);

/** The official TypeScript SDK; `require` gives its CommonJS one form under every loader. */
export const sls = require('@alicloud/sls20201230') as typeof import('@alicloud/sls20201230');

/** `v1` of that SDK signs with hmac-sha256. */
export function officialClient(
  standIn: Pick<StandIn, 'endpoint' | 'port'>,
  key: StandInKey,
  form: Exclude<SignatureForm, 'v1'>,
  regionId = 'cn-hangzhou',
) {
  const config = {
    ...key,
    endpoint: `${standIn.endpoint}:${standIn.port}`,
    protocol: 'http',
    regionId,
    signatureVersion: form === 'v4' ? 'v4' : 'v1',
  };
  return new sls.default(config as ConstructorParameters<typeof sls.default>[0]);
}

/** What the older official SDK (@alicloud/log) sends requests with; its group operations were never added. */
export interface LogClient {
  _request(
    verb: string,
    project: string,
    path: string,
    query: Record<string, string>,
    body: Buffer | null,
    headers: Record<string, string>,
  ): Promise<unknown>;
}

export function logClient(standIn: Pick<StandIn, 'endpoint' | 'port'>, key: StandInKey): LogClient {
  const Log = require('@alicloud/log') as new (options: object) => LogClient;
  return new Log({ ...key, endpoint: `http://${standIn.endpoint}:${standIn.port}` });
}

type Callback = (error: Error | null, address: string | dns.LookupAddress[], family?: number) => void;

/** Resolves every name that ends with `suffix` to 127.0.0.1 and leaves others alone. Returns what undoes it. */
export function resolveToLoopback(suffix: string): () => void {
  const original = dns.lookup;
  const lookup = (host: string, options: dns.LookupOptions, callback: Callback): void => {
    if (!host.endsWith(suffix)) original(host, options, callback as never);
    else if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  };
  dns.lookup = lookup as typeof dns.lookup;
  return () => {
    dns.lookup = original;
  };
}
