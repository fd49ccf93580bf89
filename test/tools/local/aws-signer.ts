// Signs as AWS' own SDK does: with the signer of one of its clients. Nothing of it is what verifies here.
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { KeyPair, Scope } from './iam.ts';

export interface Unsigned {
  readonly method: string;
  /** Its path and query are signed as they stand, so that tests can send them unchanged. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Signs for one caller. @returns the headers to send, `host` among them */
export type Signer = (request: Unsigned) => Promise<Record<string, string>>;

/** @param scope its key may be a temporary one. @returns the headers to send, `host` among them */
export async function signedHeaders(
  { method, url, headers = {}, body }: Unsigned,
  {
    key,
    region,
    service,
  }: Omit<Scope, 'key'> & { readonly key: KeyPair & { readonly sessionToken?: string } },
  at: Date = new Date(),
): Promise<Record<string, string>> {
  const client = new LambdaClient({ region, credentials: key });
  const scheme = { name: 'sigv4', signingName: service, signingRegion: region, properties: {} };
  const signer = await client.config.signer(scheme);
  const { protocol, hostname, host, port, pathname, searchParams } = new URL(url);
  const query: Record<string, string[]> = {};
  for (const [name, value] of searchParams) query[name] = [...(query[name] ?? []), value];
  const request = {
    method,
    protocol,
    hostname,
    ...(port && { port: Number(port) }),
    path: pathname,
    query,
    headers: { ...headers, host },
    ...(body !== undefined && { body }),
  };
  const options = { signingService: service, signingRegion: region, signingDate: at };
  return (await signer.sign(request as never, options)).headers;
}
