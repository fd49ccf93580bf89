import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { documentReader, parseLocation } from '../../../lib/aws/document.ts';
import type { ReadDocument } from '../../../lib/core/reading/edges.ts';
import { describeWithMoto } from '../../support/moto.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { bytes, serve } from '../inventory/served.ts';

const LIMITS = { maxBytes: 4096, timeoutMs: 20_000 };
const region = 'eu-central-1';
const credentials = { accessKeyId: 'test-key-id', secretAccessKey: 'not-a-real-secret' };

describe('a location', () => {
  test.each([
    ['s3://inventory/web/list.json', { scheme: 's3', bucket: 'inventory', key: 'web/list.json' }],
    ['s3://inventory/a b?c#d', { scheme: 's3', bucket: 'inventory', key: 'a b?c#d' }],
    ['ssm://sync-config', { scheme: 'ssm', name: 'sync-config' }],
    ['ssm:///prod/sync', { scheme: 'ssm', name: '/prod/sync' }],
    ['file:///etc/sync.json', { scheme: 'file', path: '/etc/sync.json' }],
    ['file:///tmp/a%20b', { scheme: 'file', path: '/tmp/a b' }],
    ['file://./sync.json', { scheme: 'file', path: join(process.cwd(), 'sync.json') }],
  ])('is taken: %s', (location, parsed) => {
    expect(parseLocation(location)).toEqual(parsed);
  });

  test.each([
    '',
    'sync.json',
    '/etc/sync.json',
    's3://',
    's3://bucket',
    's3://bucket/',
    's3:///key',
    'ssm://',
    'file://host/path',
    'file:///a%2Fb',
    'https://x/y',
  ])('is refused: %j', async (location) => {
    expect(parseLocation(location)).toBeUndefined();
    await expect(documentReader({ files: true })(location, LIMITS)).rejects.toMatchObject({
      code: 'malformed',
    });
  });
});

describe('file://', () => {
  const folder = temporaryFolder('document');
  const path = join(folder.path, 'list');
  const read = (name = path, limits = LIMITS) => documentReader({ files: true })(`file://${name}`, limits);
  afterAll(folder.remove);

  it('gives the text, without a byte order mark, and the time and size as the revision', async () => {
    writeFileSync(path, '\uFEFFüber\n');
    const revision = `${statSync(path).mtime.toISOString()}, 9 bytes`;
    expect(await read()).toEqual({ text: 'über\n', whole: false, revision });
    writeFileSync(path, '');
    expect(await read()).toMatchObject({ text: '' });
  });

  test.each([{}, { files: false }, { region }])('is not read unless it is asked for: %j', async (options) => {
    writeFileSync(path, 'text');
    await expect(documentReader(options)(`file://${path}`, LIMITS)).rejects.toMatchObject({
      name: 'ReadError',
      code: 'forbidden',
    });
    // Nor does the refusal say whether there is one.
    const absent = documentReader(options)('file:///no/such/file', LIMITS);
    await expect(absent).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('fails where there is no whole text to give', async () => {
    await expect(read(join(folder.path, 'absent'))).rejects.toMatchObject({
      name: 'ReadError',
      code: 'not-found',
    });
    await expect(read(folder.path)).rejects.toMatchObject({ code: 'malformed' });
    writeFileSync(path, Buffer.from([0xff, 0xfe, 0x31, 0x00]));
    await expect(read()).rejects.toMatchObject({ code: 'malformed', message: `${path}: not UTF-8` });
    truncateSync(path, LIMITS.maxBytes + 1);
    await expect(read()).rejects.toMatchObject({ code: 'too-large' });
    await expect(read('/proc/self/status')).rejects.toMatchObject({ code: 'changed' });
    const signal = AbortSignal.abort();
    await expect(
      documentReader({ files: true })(`file://${path}`, { ...LIMITS, signal }),
    ).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});

describeWithMoto(
  's3:// and ssm:// against moto',
  (moto) => {
    let read: ReadDocument;

    beforeAll(async () => {
      read = documentReader(moto.client);
      const s3 = new S3Client({ ...moto.client, forcePathStyle: true });
      await s3.send(
        new CreateBucketCommand({
          Bucket: 'inventory',
          CreateBucketConfiguration: { LocationConstraint: region },
        }),
      );
      await s3.send(new PutObjectCommand({ Bucket: 'inventory', Key: 'web/list', Body: '10.0.0.1\n' }));
      await s3.send(
        new PutObjectCommand({ Bucket: 'inventory', Key: 'web/big', Body: 'x'.repeat(LIMITS.maxBytes + 1) }),
      );
      await s3.send(
        new PutObjectCommand({ Bucket: 'inventory', Key: 'web/empty', Body: '', ContentLength: 0 }),
      );
      const ssm = new SSMClient(moto.client);
      await ssm.send(
        new PutParameterCommand({ Name: '/prod/sync', Value: '{"owner":"a"}', Type: 'SecureString' }),
      );
      await ssm.send(
        new PutParameterCommand({
          Name: '/prod/sync',
          Value: '{"owner":"b"}',
          Type: 'SecureString',
          Overwrite: true,
        }),
      );
      await ssm.send(new PutParameterCommand({ Name: 'big', Value: 'x'.repeat(4000), Type: 'String' }));
    });

    it('gives an object with its ETag', async () => {
      const document = await read('s3://inventory/web/list', LIMITS);
      expect(document).toEqual({
        text: '10.0.0.1\n',
        whole: true,
        revision: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      });
      expect(await read('s3://inventory/web/empty', LIMITS)).toMatchObject({ text: '' });
    });

    it('gives an object of the bucket’s owner', async () => {
      // moto's own account. It gives objects to those who expect another, too; see below for what is sent.
      const document = await read('s3://inventory/web/list', { ...LIMITS, bucketOwner: '123456789012' });
      expect(document).toMatchObject({ text: '10.0.0.1\n' });
    });

    it('gives a parameter decrypted, with its version', async () => {
      expect(await read('ssm:///prod/sync', LIMITS)).toEqual({
        text: '{"owner":"b"}',
        whole: true,
        revision: 'version 2',
      });
    });

    test.each([
      ['s3://inventory/absent', 'not-found'],
      ['s3://absent/list', 'not-found'],
      ['ssm:///absent', 'not-found'],
      ['s3://inventory/web/big', 'too-large'],
    ])('%s fails: %s', async (location, code) => {
      await expect(read(location, LIMITS)).rejects.toMatchObject({ name: 'ReadError', code });
    });

    it('limits a parameter too', async () => {
      await expect(read('ssm://big', { ...LIMITS, maxBytes: 1024 })).rejects.toMatchObject({
        code: 'too-large',
      });
    });

    it('keeps status and request id of a failure, and no credential', async () => {
      const error = await read('s3://inventory/absent', LIMITS).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ status: 404, message: 'GetObject s3://inventory/absent: NoSuchKey' });
      expect((error as { requestId: string }).requestId).not.toBe('');
      expect(inspect(error, { depth: 10 })).not.toContain(moto.client.credentials.secretAccessKey);
    });
  },
  region,
);

describe('a read from S3', () => {
  const reader = (origin: string) => documentReader({ region, endpoint: origin, credentials });

  it('names the account that has to own the bucket, where somebody said so', async () => {
    const bucketOwner = '123456789012';
    await using server = await serve((request, response) => {
      if (request.headers['x-amz-expected-bucket-owner'] === bucketOwner) response.end('10.0.0.1\n');
      else response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
    });
    const read = reader(server.origin);
    const text = '10.0.0.1\n';
    expect(await read('s3://inventory/list', { ...LIMITS, bucketOwner })).toMatchObject({ text });
    for (const other of [undefined, '210987654321']) {
      const reading = read('s3://inventory/list', { ...LIMITS, bucketOwner: other });
      await expect(reading).rejects.toMatchObject({ code: 'forbidden', status: 403 });
    }
    expect(server.asked.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual([
      bucketOwner,
      undefined,
      '210987654321',
    ]);
  });

  it('fails for an object that is cut off on the way', async () => {
    await using server = await serve(
      bytes('HTTP/1.1 200 OK', 'content-length: 100', 'etag: "v1"', '', '10.0.0.1\n10.0.0.'),
    );
    await expect(reader(server.origin)('s3://inventory/list', LIMITS)).rejects.toMatchObject({
      name: 'ReadError',
    });
  });

  it('gives up an object that never ends in time, and when the caller says so', async () => {
    await using server = await serve(
      (_request, response) => void response.writeHead(200, { 'content-length': '100' }).write('10.0'),
    );
    const read = reader(server.origin);
    await expect(read('s3://inventory/list', { ...LIMITS, timeoutMs: 200 })).rejects.toMatchObject({
      code: 'timeout',
    });
    const stop = new AbortController();
    const reading = read('s3://inventory/list', { ...LIMITS, signal: stop.signal });
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });

  it('says so when it is not allowed', async () => {
    for (const [status, name, code] of [
      [403, 'AccessDenied', 'forbidden'],
      [400, 'ExpiredToken', 'forbidden'],
    ] as const) {
      await using server = await serve((_request, response) => {
        response
          .writeHead(status, { 'content-type': 'application/xml' })
          .end(`<Error><Code>${name}</Code></Error>`);
      });
      await expect(reader(server.origin)('s3://inventory/list', LIMITS)).rejects.toMatchObject({
        code,
        status,
      });
    }
  });
});
