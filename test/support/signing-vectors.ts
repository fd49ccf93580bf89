// What the vectors that the official SDKs publish have; fixtures/signing holds them.

export interface Vector {
  readonly name: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: string | null;
  readonly bodyBase64?: string;
  readonly date: string;
  readonly stringToSign: string;
  readonly expectedSignature: string;
  readonly expectedAuthorization: string;
}

export interface VectorV4 extends Vector {
  readonly region: string;
  readonly canonicalRequest: string;
  readonly signingKeyHex: string;
}
