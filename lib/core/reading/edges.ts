// What inventory sources and the configuration are read through, as both sides know it: those who read, and the edges
// that reach AWS and files.

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface DocumentLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Region of a bucket or parameter, if not the environment's. */
  readonly region?: string | undefined;
  /** Account that has to own the bucket. */
  readonly bucketOwner?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DocumentText {
  readonly text: string;
  /** ETag of an object, version of a parameter, time and size of a file. */
  readonly revision?: string;
  /** Whether the store replaces documents at once, so that no half of one is ever seen. */
  readonly whole: boolean;
}

/** Reads a text whole, or rejects with a ReadError. */
export type ReadDocument = (location: string, limits: DocumentLimits) => Promise<DocumentText>;
