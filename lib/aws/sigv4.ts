// Signs requests to AWS that no client of an SDK makes, with the signer of one that every function has anyway. The
// credentials are those of the process, from wherever the AWS CLI would take them.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { defined } from '../core/text/defined.ts';

export interface UnsignedRequest {
  readonly method: string;
  /** Its path and query are signed as they stand. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/**
 * @param region the environment's where absent
 * @returns the headers to send, but for `host`
 * @throws the SDK's error where there are no credentials
 */
export async function signed(
  { method, url, headers, body }: UnsignedRequest,
  service: string,
  region: string | undefined,
): Promise<Record<string, string>> {
  const client = new SecretsManagerClient(defined({ region }));
  try {
    const signingRegion = await client.config.region();
    const scheme = { name: 'sigv4', signingName: service, signingRegion, properties: {} };
    const signer = await client.config.signer(scheme);
    const { protocol, hostname, host, port, pathname, searchParams } = url;
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
      ...defined({ body }),
    };
    const options = { signingService: service, signingRegion };
    const { headers: all } = await signer.sign(request as never, options);
    const { host: _, ...others } = all;
    return others;
  } finally {
    client.destroy();
  }
}
