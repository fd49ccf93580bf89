// What the source reaches Alibaba Cloud through. The transport of the SLS client fits it as it is.

import type { SigningCredentials } from '../../../signing/types.ts';

export interface ApiRequest {
  readonly protocol: 'https:' | 'http:';
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** An AccessKey that may be replaced while it is in use. */
export interface AccessKey {
  get(): Promise<SigningCredentials>;
  /** Another key than the refused one, if there is one by now. */
  refresh(refused: SigningCredentials): Promise<SigningCredentials | undefined>;
}

export interface AlibabaApis {
  /** Whole answers or nothing. Rejects with an error whose `reason` is `unreachable`, `timeout`, `too-large` or `aborted`. */
  readonly send: (request: ApiRequest) => Promise<ApiAnswer>;
  /**
   * The deployment's AccessKey, or that of a secret.
   * @param origins where its signatures will go; `get` throws SecretNotBound where the secret is not bound to all of them
   */
  readonly accessKey: (secretId: string | undefined, origins: readonly string[]) => AccessKey;
  readonly sleep: (ms: number) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newNonce: () => string;
}
