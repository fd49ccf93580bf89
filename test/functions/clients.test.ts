// Clients that generators make of the OpenAPI document: the compiler takes them and what is written with them, and they
// get through a group's life against the handlers. The callers are checked and run beside what is generated for them.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';
import { OPENAPI_FILE } from '../../lib/build/openapi.ts';
import { PROJECT } from '../support/names.ts';
import type { Site, Walk } from './clients/callers/walk.ts';
import { startGateway } from './clients/gateway.ts';
import { Functions } from './setup.ts';

const GENERATORS = ['oazapfts', 'hey-api'] as const;
const CLIENTS = join(ROOT, 'test/functions/clients');
const CONFIG = 'access-log';

let folder: string;

/** @returns what it prints; a failure is an error that has it too */
async function run(script: string, ...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, [script, ...args], { cwd: ROOT })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${script} ${args.join(' ')}: ${stdout}${stderr}`, { cause: error });
  }
}

beforeAll(async () => {
  // Below the root, so that generated code finds the packages it imports.
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  folder = await mkdtemp(join(ROOT, '.cache/clients-'));
  await cp(join(CLIENTS, 'callers'), folder, { recursive: true });
  await mkdir(join(folder, 'generated'));
  const document = fileURLToPath(OPENAPI_FILE);
  await Promise.all([
    run(join(ROOT, 'node_modules/oazapfts/dist/cli.js'), document, join(folder, 'generated/oazapfts.ts')),
    run(join(CLIENTS, 'hey-api-run.ts'), document, join(folder, 'generated/hey-api')),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the compiler takes them, and callers that put what they got', async () => {
  expect(await run(join(ROOT, 'node_modules/typescript/bin/tsc'), '--project', folder)).toBe('');
});

test.each(GENERATORS)('a client by %s takes a group from its create to its delete', async (generator) => {
  await using functions = await Functions.start();
  functions.standIn.configs(PROJECT).add(CONFIG);
  await using gateway = await startGateway(functions);
  const { walk } = (await import(join(folder, `${generator}.ts`))) as { walk(site: Site): Promise<Walk> };
  const site = { base: `http://${gateway.address}`, projectName: PROJECT, headers: { authorization: 'any' } };
  expect(await walk(site)).toEqual({
    forbidden: 'Forbidden',
    created: ['10.0.0.1'],
    put: 'put',
    patched: 'patched',
    machines: ['10.0.0.2 never'],
    configs: [CONFIG],
    groupsOfConfig: ['web'],
    configsLeft: 0,
    total: 1,
    gone: 'GroupNotExist',
    writes: Array(8).fill(200),
  });
});
