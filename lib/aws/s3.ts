// Objects of S3, one at a time, whole or not at all. The only file that knows its SDK.

import { addAbortSignal, type Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReadError } from '../core/reading/read-error.ts';
import { defined } from '../core/text/defined.ts';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** @throws {ReadError} */
export async function readObject(
  { bucket, key }: S3Location,
  {
    maxBytes,
    bucketOwner,
    signal,
  }: {
    readonly maxBytes: number;
    /** Account that has to own the bucket; S3 refuses the request otherwise. */
    readonly bucketOwner?: string | undefined;
    readonly signal: AbortSignal;
  },
  options: AwsClientOptions,
): Promise<{ readonly bytes: Uint8Array; readonly etag?: string }> {
  const client = new S3Client({ ...clientConfig(options), followRegionRedirects: true });
  const doing = `GetObject s3://${bucket}/${key}`;
  try {
    const { Body, ContentLength, ETag } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: bucketOwner }),
      { abortSignal: signal },
    );
    if (Body === undefined || ContentLength === undefined) {
      throw new ReadError('malformed', `${doing}: the answer has no body or no length`);
    }
    const body = addAbortSignal(signal, Body as Readable);
    if (ContentLength > maxBytes) {
      body.destroy();
      throw new ReadError('too-large', `${doing}: ${ContentLength} bytes, at most ${maxBytes} are read`);
    }
    const bytes = Buffer.concat(await body.toArray());
    if (bytes.length !== ContentLength) {
      throw new ReadError('truncated', `${doing}: ${bytes.length} of ${ContentLength} bytes`);
    }
    return defined({ bytes, etag: ETag });
  } catch (cause) {
    throw readErrorOf(doing, cause);
  } finally {
    client.destroy();
  }
}

/** Written in one request, so that nobody ever sees a part of it. @throws {ReadError} */
export async function writeObject(
  { bucket, key }: S3Location,
  bytes: Uint8Array,
  { signal }: { readonly signal: AbortSignal },
  options: AwsClientOptions,
): Promise<void> {
  const client = new S3Client(clientConfig(options));
  try {
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: 'application/json' }),
      { abortSignal: signal },
    );
  } catch (cause) {
    throw readErrorOf(`PutObject s3://${bucket}/${key}`, cause);
  } finally {
    client.destroy();
  }
}
