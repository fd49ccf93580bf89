// Objects of S3, whole or not at all, and their names. The only file that knows its SDK.

import { addAbortSignal, type Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReadError } from '../core/reading/read-error.ts';
import { defined } from '../core/text/defined.ts';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

export interface ReadLimits {
  readonly maxBytes: number;
  /** Account that has to own the bucket; S3 refuses the request otherwise. */
  readonly bucketOwner?: string | undefined;
  readonly signal: AbortSignal;
}

/** @throws {ReadError} */
export async function readObject(
  location: S3Location,
  limits: ReadLimits,
  options: AwsClientOptions,
): Promise<{ readonly bytes: Uint8Array; readonly etag?: string }> {
  const client = open(options);
  try {
    return await getObject(client, location, limits);
  } finally {
    client.destroy();
  }
}

/** A bucket that is read often, with one client. */
export function openBucket(bucket: string, options: AwsClientOptions = {}) {
  const client = open(options);
  return {
    /**
     * Names in their order, a thousand at the most.
     * @param after the first of them comes after this
     * @throws {ReadError}
     */
    async names(
      prefix: string,
      after: string | undefined,
      signal: AbortSignal,
    ): Promise<{ readonly names: readonly string[]; readonly isAll: boolean }> {
      try {
        const { Contents = [], IsTruncated } = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: after }),
          { abortSignal: signal },
        );
        return { names: Contents.flatMap(({ Key }) => Key ?? []), isAll: IsTruncated !== true };
      } catch (cause) {
        throw readErrorOf(`ListObjectsV2 s3://${bucket}`, cause);
      }
    },
    /** @throws {ReadError} */
    async read(key: string, limits: ReadLimits): Promise<Uint8Array> {
      return (await getObject(client, { bucket, key }, limits)).bytes;
    },
  };
}

function open(options: AwsClientOptions): S3Client {
  return new S3Client({ ...clientConfig(options), followRegionRedirects: true });
}

async function getObject(
  client: S3Client,
  { bucket, key }: S3Location,
  { maxBytes, bucketOwner, signal }: ReadLimits,
): Promise<{ readonly bytes: Uint8Array; readonly etag?: string }> {
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
