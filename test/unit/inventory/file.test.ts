import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type * as z from 'zod/mini';
import { documentReader } from '../../../lib/aws/document.ts';
import type { IdentifyType } from '../../../lib/core/group/machine-group.ts';
import { SourceError } from '../../../lib/inventory/source.ts';
import { open as openFile } from '../../../lib/inventory/sources/file/read.ts';
import { fileSource } from '../../../lib/inventory/sources/file/settings.ts';
import { fixture } from '../../support/fixture.ts';
import { describeWithMoto } from '../../support/moto.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const LABEL = 'sources[0] file';
const folder = temporaryFolder('inventory');
const path = join(folder.path, 'machines');
afterAll(folder.remove);

const open = (
  more: Partial<z.input<typeof fileSource>> = {},
  readText = documentReader({ files: true }),
  identify: IdentifyType = 'ip',
) =>
  openFile(fileSource.parse({ type: 'file', url: `file://${path}`, ...more }), LABEL, identify, {
    now: () => 7,
    readText,
  });

async function read(content: string | Buffer, format: 'auto' | 'json' | 'lines' = 'auto') {
  writeFileSync(path, content);
  const snapshot = await open({ format }).snapshot();
  return {
    snapshot,
    machines: snapshot.machines.map(({ origin, value }) => [origin.id, value]),
    skipped: snapshot.skipped.map(({ origin, reason }) => [origin.id, reason]),
    complete: snapshot.completeness.complete,
  };
}

describe('plain lines', () => {
  it('are members, with comments, blank lines and either line break', async () => {
    const { machines, complete, snapshot } = await read(
      '\uFEFF# web\r\n10.0.0.1\r\n\r\n  10.0.0.2  # spare\n#10.0.0.3\nid#with-a-hash\n2001:db8::1\r',
    );
    expect(machines).toEqual([
      ['line 2', '10.0.0.1'],
      ['line 4', '10.0.0.2'],
      ['line 6', 'id#with-a-hash'],
      ['line 7', '2001:db8::1'],
    ]);
    expect(complete).toBe(true);
    expect(snapshot.takenAt).toBe(7);
    expect(snapshot.completeness).toMatchObject({
      proof: expect.stringContaining(String(snapshot.revision)),
    });
    expect(snapshot.revision).toMatch(/^\d{4}-\d\d-\d\dT.*Z, \d+ bytes$/);
  });

  it('may be one comment of any length, also where it holds a line break of Unicode', async () => {
    // A pattern that looks for the end from every "#" took 28 seconds for 80 000 of them.
    const { machines, complete } = await read(`10.0.0.1${' #'.repeat(1_000_000)}\u2028\n`);
    expect(machines).toEqual([['line 1', '10.0.0.1']]);
    expect(complete).toBe(true);
  });

  it('that repeat are one machine', async () => {
    const { machines, skipped, complete } = await read('10.0.0.1\n10.0.0.2\n10.0.0.1\n');
    expect(machines).toHaveLength(2);
    expect(skipped).toEqual([['line 3', 'repeats line 1']]);
    expect(complete).toBe(true);
  });

  it('the last of which has no line break may be cut off: left out, and the reading incomplete', async () => {
    const { machines, skipped, complete } = await read('10.0.0.1\n10.0.0.1');
    expect(machines).toEqual([['line 1', '10.0.0.1']]);
    expect(skipped).toEqual([['line 2', 'no line break after it, so it may be cut off']]);
    expect(complete).toBe(false);
  });
});

describe('JSON', () => {
  test.each([
    ['["10.0.0.1","10.0.0.2"]', 'auto'],
    ['\uFEFF \n["10.0.0.1","10.0.0.2"]', 'auto'],
    ['{"machines":["10.0.0.1","10.0.0.2"],"comment":"web"}', 'auto'],
    ['["10.0.0.1","10.0.0.2"]', 'json'],
  ] as const)('is read: %j as %s', async (content, format) => {
    const { machines, complete } = await read(content, format);
    expect(machines).toEqual([
      ['[0]', '10.0.0.1'],
      ['[1]', '10.0.0.2'],
    ]);
    expect(complete).toBe(true);
  });

  test.each([
    ['["10.0.0.1","10.0.', 'auto'],
    ['["10.0.0.1",]', 'auto'],
    ['{"hosts":[]}', 'auto'],
    ['{"machines":"10.0.0.1"}', 'auto'],
    ['10.0.0.1\n', 'json'],
    ['"10.0.0.1"', 'json'],
    ['null', 'json'],
  ] as const)('is refused: %j as %s', async (content, format) => {
    await expect(read(content, format)).rejects.toMatchObject({
      name: 'SourceError',
      code: 'malformed',
      source: LABEL,
    });
  });

  it('names an entry that is no string and keeps the others', async () => {
    const { machines, skipped, complete } = await read('["10.0.0.1",{"ip":"10.0.0.2"},null,"10.0.0.3"]');
    expect(machines.map(([, value]) => value)).toEqual(['10.0.0.1', '10.0.0.3']);
    expect(skipped).toEqual([
      ['[1]', 'not a string'],
      ['[2]', 'not a string'],
    ]);
    expect(complete).toBe(false);
  });
});

describe('an empty list has to be said aloud:', () => {
  test.each(['[]', '{"machines":[]}', '# none at the moment\n', '\n', ' '])(
    'takes %j for complete',
    async (content) => {
      const { snapshot } = await read(content);
      expect(snapshot).toMatchObject({ machines: [], completeness: { complete: true } });
    },
  );

  test.each(['auto', 'json', 'lines'] as const)(
    'takes no bytes at all for incomplete, as %s',
    async (format) => {
      const { snapshot } = await read('', format);
      expect(snapshot).toMatchObject({ machines: [], completeness: { complete: false } });
    },
  );

  test.each(['\uFEFF', '# none'])(
    'takes %j for incomplete: it may be the beginning of more',
    async (content) => {
      const { snapshot } = await read(content);
      expect(snapshot).toMatchObject({ machines: [], completeness: { complete: false } });
    },
  );
});

describe('a source fails', () => {
  it('for a file that is too large, not UTF-8, absent or given up', async () => {
    writeFileSync(path, '');
    truncateSync(path, 2000);
    await expect(open({ maxBytes: 1024 }).snapshot()).rejects.toMatchObject({ code: 'too-large' });
    await expect(read(Buffer.from('10.0.0.1\n', 'utf16le').fill(0xff, 0, 1))).rejects.toMatchObject({
      code: 'malformed',
    });
    const absent = await open({ url: 'file:///absent/machines' })
      .snapshot()
      .catch((reason: unknown) => reason);
    expect(absent).toBeInstanceOf(SourceError);
    expect(absent).toMatchObject({
      code: 'not-found',
      message: `${LABEL}: /absent/machines: there is no such file (ENOENT)`,
    });
    await expect(open().snapshot(AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
  });

  it('whatever the reader threw', async () => {
    const cause = new Error('odd');
    await expect(open({}, () => Promise.reject(cause)).snapshot()).rejects.toMatchObject({
      code: 'failed',
      cause,
    });
  });
});

describeWithMoto(
  'in S3, with moto',
  (moto) => {
    const put = (Key: string, Body: string) =>
      new S3Client({ ...moto.client, forcePathStyle: true }).send(
        new PutObjectCommand({ Bucket: 'inventory', Key, Body }),
      );

    beforeAll(async () => {
      await new S3Client({ ...moto.client, forcePathStyle: true }).send(
        new CreateBucketCommand({ Bucket: 'inventory' }),
      );
    });

    it('an object is replaced at once, so its last line counts without a line break', async () => {
      const { ETag } = await put('web', '10.0.0.1\n10.0.0.2');
      const source = open({ url: 's3://inventory/web', region: 'us-east-1' }, documentReader(moto.client));
      const snapshot = await source.snapshot();
      expect(snapshot.machines.map(({ value }) => value)).toEqual(['10.0.0.1', '10.0.0.2']);
      expect(snapshot.completeness).toEqual({ complete: true, proof: `2 entries in 2 lines, ${ETag}` });
      expect(snapshot.revision).toBe(ETag);
      await put('web', '[]');
      expect(await source.snapshot()).toMatchObject({ machines: [], completeness: { complete: true } });
    });

    it('what ansible-inventory --list prints needs no server', async () => {
      const { body } = fixture<{ body: object }>('inventory/ansible-unsafe');
      const { ETag } = await put('ansible.json', JSON.stringify(body, null, 4));
      const settings = {
        url: 's3://inventory/ansible.json',
        format: 'ansible',
        region: 'us-east-1',
      } as const;
      const snapshot = await open(settings, documentReader(moto.client)).snapshot();
      expect(snapshot.machines.map(({ value }) => value)).toEqual(['10.0.0.7', '10.0.0.8']);
      expect(snapshot.completeness).toEqual({ complete: true, proof: `2 hosts of 2 groups, ${ETag}` });
    });

    it('an absent object is an error, not an empty list', async () => {
      const source = open({ url: 's3://inventory/absent' }, documentReader(moto.client));
      await expect(source.snapshot()).rejects.toMatchObject({
        name: 'SourceError',
        code: 'not-found',
        status: 404,
      });
    });
  },
  'us-east-1',
);
