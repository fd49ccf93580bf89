import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { expect, it, test } from 'vitest';
import { awsEdges } from '../../../lib/aws/edges.ts';
import type { IdentifyType } from '../../../lib/core/group/machine-group.ts';
import { resolveBySystem } from '../../../lib/inventory/egress.ts';
import { openSource, type SourceDeps } from '../../../lib/inventory/sources/open.ts';
import { sourceSchema } from '../../../lib/inventory/sources/settings.ts';
import { alibabaApis } from '../../../lib/runtime/sync/alibaba.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { json, serve } from './served.ts';

const edges = awsEdges({ region: 'eu-central-1', files: true });
const deps: SourceDeps = {
  now: () => 7,
  secret: async () => 'not-a-real-token',
  resolve: resolveBySystem,
  readText: edges.readText,
  aws: edges,
  alibaba: alibabaApis({
    accessKey: { get: async () => Promise.reject(new Error('no key')), refresh: async () => undefined },
    read: async () => '',
    bindings: [],
  }),
};
const open = (settings: unknown, identify: IdentifyType = 'ip') =>
  openSource(sourceSchema.parse(settings), 'sources[0] x', identify, deps);

it('opens static, file and http sources, each under its label', async () => {
  using folder = temporaryFolder('open');
  writeFileSync(join(folder.path, 'list'), '10.0.0.2\n');
  await using server = await serve(json(['10.0.0.3']));
  const local = { allowHttp: true, allowLoopback: true };
  const sources = await Promise.all([
    open({ type: 'static', members: ['10.0.0.1', '10.0.0.1'] }),
    open({ type: 'file', url: `file://${folder.path}/list` }),
    open({ type: 'http', url: server.origin, format: 'list', ...local }),
  ]);
  const snapshots = await Promise.all(sources.map((source) => source.snapshot()));
  expect(snapshots.map(({ machines }) => machines.map(({ value }) => value))).toEqual([
    ['10.0.0.1'],
    ['10.0.0.2'],
    ['10.0.0.3'],
  ]);
  expect(snapshots.every(({ source, takenAt }) => source === 'sources[0] x' && takenAt === 7)).toBe(true);
  expect(snapshots[0]?.completeness).toEqual({ complete: true, proof: '2 members in the configuration' });
});

it('resolves names by the system, and what they lead to is checked', async () => {
  await using server = await serve(json(['10.0.0.3']));
  const url = `http://localhost:${server.port}/`;
  const source = await open({ type: 'http', url, format: 'list', allowHttp: true });
  await expect(source.snapshot()).rejects.toMatchObject({ code: 'egress' });
  expect(server.asked).toEqual([]);
  const allowed = await open({ type: 'http', url, format: 'list', allowHttp: true, allowLoopback: true });
  expect((await allowed.snapshot()).machines).toHaveLength(1);
});

it('opens ec2 sources, which read nothing before they are asked', async () => {
  const source = await open({ type: 'ec2', regions: ['eu-central-1'], all: true });
  expect(source.label).toBe('sources[0] x');
});

it('opens alibaba-ecs sources, which read nothing without a key', async () => {
  const source = await open({ type: 'alibaba-ecs', regions: ['cn-hangzhou'], all: true });
  expect(source.label).toBe('sources[0] x');
  await expect(source.snapshot()).rejects.toMatchObject({ code: 'failed' });
});

/** What runs when the entry is imported: reachable without a dynamic import. */
function loadedAtOnce({ inputs, outputs }: Metafile): readonly string[] {
  const entry = Object.values(outputs).find(({ entryPoint }) => entryPoint)?.entryPoint ?? '';
  const reached = new Set([entry]);
  for (const path of reached) {
    for (const { path: next, kind } of inputs[path]?.imports ?? [])
      if (kind !== 'dynamic-import') reached.add(next);
  }
  return [...reached];
}

test.each([
  'lib/inventory/sources/open.ts',
  'lib/aws/edges.ts',
  'lib/aws/document.ts',
  'lib/core/address/address.ts',
])('%s loads no SDK until one is needed', async (entry) => {
  const { metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: new URL('../../..', import.meta.url).pathname,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  });
  const loaded = loadedAtOnce(metafile);
  expect(loaded).toContain(entry);
  expect(loaded.filter((path) => path.includes('@aws-sdk') || path.includes('@smithy'))).toEqual([]);
  const sdks = Object.keys(metafile.inputs).filter((path) => path.includes('node_modules/@aws-sdk/client-'));
  // The inventory itself never names an SDK: whoever wires it hands the clients in.
  expect(sdks.length > 0).toBe(entry.startsWith('lib/aws/'));
});
