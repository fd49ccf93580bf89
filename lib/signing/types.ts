// The values that go into a signature. Nothing here knows a clock, a socket or an environment.

/** A request to sign. `path` and `query` are unescaped: the wire's percent-encoding is the sender's duty. */
export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string | undefined;
}

export interface SigningOptions {
  readonly version: 'v1' | 'v4';
  /** Region id such as `cn-hangzhou`; V4 only, where it is required. */
  readonly region?: string | undefined;
  /** The moment to sign for, already corrected for the server's clock. */
  readonly date: Date;
}

/** Header names in lower case. */
export type Headers = Record<string, string>;
