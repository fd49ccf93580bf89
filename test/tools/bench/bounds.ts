// What the largest requests cost, with the worst contents there are: built functions, each in a process of its own.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleAll } from '../../../lib/build/bundle.ts';
import { BODY_MAX_BYTES } from '../../../lib/sls/limits.ts';
import { PROJECT } from '../../support/names.ts';
import { startServices } from './loads.ts';
import { figure, type Result, single } from './result.ts';
import { GROUP } from './sample.ts';
import { inTurns } from './statistics.ts';

const ROUNDS = 3;
/** What it may cost beyond an idle function. */
const GOALS = { seconds: 1, mib: 150 };

const head = `"projectName":"${PROJECT}","groupName":"${GROUP.groupName}","machineIdentifyType":"ip"`;

/** As many of a piece as a body holds. */
function filled(begin: string, piece: (index: number) => string, end: string): string {
  const pieces: string[] = [];
  let room = BODY_MAX_BYTES - begin.length - end.length;
  for (let index = 0; ; index += 1) {
    const next = piece(index);
    room -= next.length + 1;
    if (room < 0) return `${begin}${pieces.join()}${end}`;
    pieces.push(next);
  }
}

const group = (piece: (index: number) => string) => filled(`{${head},"machineList":[`, piece, ']}');
const address = (index: number) => `"${100 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.1"`;
const padded = (index: number, digits: number) => String(index).padStart(digits, '0');

const BODIES: Readonly<Record<string, string>> = {
  'valid addresses': group(address),
  'as many entries as a list may have, all wrong': `{${head},"machineList":[${Array.from({ length: 314_000 }, () => '{}').join()}]}`,
  'as many wrong addresses': `{${head},"machineList":[${Array.from({ length: 314_000 }, (_, index) => `"${padded(index, 6)}"`).join()}]}`,
  'IPv6 addresses, odd spellings': group(
    (index) => `"FE00:0::${(index >> 12).toString(16)}:${index & 4095}"`,
  ),
  'empty texts': group(() => '""'),
  numbers: group(() => '0'),
  'empty lists': group(() => '[]'),
  'empty objects': group(() => '{}'),
  'one long text': group(() => `"${'x'.repeat(BODY_MAX_BYTES - 200)}"`),
  escapes: group(() => `"${'\\u0000'.repeat(500_000)}"`),
  'deep lists': '['.repeat(BODY_MAX_BYTES / 2) + ']'.repeat(BODY_MAX_BYTES / 2),
  'deep objects': `${'{"a":'.repeat(BODY_MAX_BYTES / 6)}0${'}'.repeat(BODY_MAX_BYTES / 6)}`,
  'unknown fields': filled('{', (index) => `"f${padded(index, 6)}":0`, '}'),
  'a field twice': filled('{', () => '"a":0', '}'),
  'objects of two fields': group(() => '{"a":0,"b":0}'),
  'objects of unknown fields': filled(
    `{${head},"machineList":[`,
    (index) => `{${Array.from({ length: 9_000 }, (_, at) => `"${padded(at, 4)}${index}":0`).join()}}`,
    ']}',
  ),
  blanks: `{${' '.repeat(BODY_MAX_BYTES - 2)}}`,
  'no JSON': '"'.repeat(BODY_MAX_BYTES),
};

interface Route {
  readonly method: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly type?: string;
  /** What of a group's body this route takes. */
  readonly body?: (body: string) => string;
}

const machinesOnly = (body: string) => body.replace(`{${head},"machineList":`, '').replace(/\]\}$/, ']');
const named = { groupName: GROUP.groupName };

const ROUTES: Readonly<Record<string, Route>> = {
  'create-group': { method: 'POST' },
  'patch-group': { method: 'PATCH', parameters: named, type: 'application/merge-patch+json' },
  'update-machines': {
    method: 'PUT',
    parameters: named,
    query: { action: 'add', projectName: PROJECT },
    body: machinesOnly,
  },
};

function eventOf({ method, parameters = {}, query = {}, type, body = (text) => text }: Route, text: string) {
  return {
    version: '2.0',
    requestContext: { requestId: 'bench', http: { method } },
    pathParameters: parameters,
    queryStringParameters: query,
    headers: { 'content-type': type ?? 'application/json' },
    body: body(text),
    isBase64Encoded: false,
  };
}

export async function run(): Promise<Result[]> {
  const outdir = await mkdtemp(join(tmpdir(), 'bounds-'));
  await using services = await startServices();
  const env = {
    ...services.environment,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test-aws-key-id',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-aws-secret',
    SLS_ATTEMPTS: '1',
  };
  try {
    const bundles = await bundleAll({ outdir });
    const results: Result[] = [];
    for (const [name, route] of Object.entries(ROUTES)) {
      const bundle = bundles.find((one) => one.name === name)?.file ?? '';
      const subjects: Record<string, () => Promise<Record<string, number>>> = {};
      for (const [index, [what, body]] of Object.entries(BODIES).entries()) {
        const file = join(outdir, `${name}-${index}.json`);
        await writeFile(file, JSON.stringify(eventOf(route, body)));
        subjects[what] = async () => {
          const child = join(import.meta.dirname, 'processes/bounds.ts');
          const args = ['--expose-gc', child, bundle, file];
          const { stdout } = await promisify(execFile)(process.execPath, args, { env });
          return JSON.parse(stdout) as Record<string, number>;
        };
      }
      const series = await inTurns(ROUNDS, subjects);
      const worst = (unit: 'seconds' | 'mib') =>
        Math.max(...Object.keys(BODIES).map((what) => figure(series, `${what}.${unit}`, '')[2].median));
      const goal = (unit: 'seconds' | 'mib', says: string) => ({
        ratio: { of: name, to: says, ...single(worst(unit)) },
        says: `${name}: the worst, ${says}`,
        atMost: GOALS[unit],
      });
      results.push({
        title: `Largest requests: ${name}`,
        figures: Object.keys(BODIES).flatMap((what) => [
          [`${what}: time`, 's', figure(series, `${what}.seconds`, '')[2]] as const,
          [`${what}: CPU of all threads`, 's', figure(series, `${what}.cpu`, '')[2]] as const,
          [`${what}: beyond idle`, 'MiB', figure(series, `${what}.mib`, '')[2]] as const,
          [`${what}: answered with`, '', figure(series, `${what}.statusCode`, '')[2]] as const,
        ]),
        goals: [goal('seconds', 'in seconds'), goal('mib', 'in MiB beyond idle')],
        notes: ['Memory is the most resident memory of the process less what it had when idle.'],
      });
    }
    return results;
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
