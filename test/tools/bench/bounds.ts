// What the largest requests, events and configurations cost, with the worst contents there are: built functions, each in a process of its own.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleAll, ROOT } from '../../../lib/build/bundle.ts';
import { BODY_MAX_BYTES } from '../../../lib/sls/limits.ts';
import { PROJECT } from '../../support/names.ts';
import { CONFIGS, EVENTS, filled } from './largest.ts';
import { startServices } from './loads.ts';
import { type Result, short, single } from './result.ts';
import { GROUP } from './sample.ts';
import { inTurns, type Series, summary } from './statistics.ts';

const ROUNDS = 3;
/** What it may cost beyond an idle function. */
const GOALS = { seconds: 1, mib: 150 };

const head = `"projectName":"${PROJECT}","groupName":"${GROUP.groupName}","machineIdentifyType":"ip"`;

const fields = (begin: string, piece: (index: number) => string) => filled(BODY_MAX_BYTES, begin, piece, '}');
const group = (piece: (index: number) => string) =>
  filled(BODY_MAX_BYTES, `{${head},"machineList":[`, piece, ']}');
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
  'unknown fields': fields('{', (index) => `"f${padded(index, 6)}":0`),
  'a field twice': fields('{', () => '"a":0'),
  'objects of two fields': group(() => '{"a":0,"b":0}'),
  'objects of unknown fields': filled(
    BODY_MAX_BYTES,
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

/** A request to the sync that needs the configuration: for its one group that exists, or for another. */
const ASKED = JSON.stringify({ mode: 'plan', groups: [`${PROJECT}/${GROUP.groupName}`] });

interface Sample {
  /** Of the function. */
  readonly name: string;
  /** The text of an event; anew for each sample, so that none meets what another one left. */
  readonly event: (sample: number) => string;
  readonly config?: string;
}

function samplesOf(name: string): Readonly<Record<string, Sample>> {
  const route = ROUTES[name] as Route;
  const bodies = Object.entries(BODIES).map(([what, body]) => {
    const event = (sample: number) =>
      JSON.stringify(eventOf(route, body)).replaceAll(GROUP.groupName, groupOf(name, sample));
    return [what, { name, event }] as const;
  });
  return Object.fromEntries(bodies);
}

/** What is created must not be there yet; the others find a group of ten members. */
const groupOf = (name: string, sample: number) =>
  name === 'create-group' ? `new-${sample}` : GROUP.groupName;

const SYNC = 'sync-from-inventory';
const SUBJECTS: Readonly<Record<string, Readonly<Record<string, Sample>>>> = {
  ...Object.fromEntries(Object.keys(ROUTES).map((name) => [name, samplesOf(name)])),
  configuration: Object.fromEntries(
    Object.entries(CONFIGS).map(([what, config]) => [what, { name: SYNC, event: () => ASKED, config }]),
  ),
  event: Object.fromEntries(
    Object.entries(EVENTS).map(([what, event]) => [
      what,
      { name: SYNC, event: () => event, config: CONFIGS['10 000 groups, right'] as string },
    ]),
  ),
};

export async function run(): Promise<Result[]> {
  const outdir = await mkdtemp(join(tmpdir(), 'bounds-'));
  await using services = await startServices();
  const env = {
    ...services.environment,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test-aws-key-id',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-aws-secret',
    SLS_ATTEMPTS: '1',
    IS_OFFLINE: 'true',
  };
  const bundles = new Map<string, string>();
  let samples = 0;
  async function measured({ name, event, config = '{}' }: Sample): Promise<Record<string, number>> {
    samples += 1;
    services.forget();
    const [file, document] = [join(outdir, 'event.json'), join(outdir, 'config.json')];
    await writeFile(file, event(samples));
    await writeFile(document, config);
    const child = join(import.meta.dirname, 'processes/bounds.ts');
    const args = ['--expose-gc', child, bundles.get(name) ?? '', file];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...env, SYNC_CONFIG: `file://${document}` },
    });
    return JSON.parse(stdout) as Record<string, number>;
  }
  try {
    for (const name of [...Object.keys(ROUTES), SYNC]) {
      const [bundle] = await bundleAll({ outdir, entry: join(ROOT, `functions/${name}.ts`) });
      bundles.set(name, bundle?.file ?? '');
    }
    const results: Result[] = [];
    for (const [name, subjects] of Object.entries(SUBJECTS)) {
      const measures = Object.entries(subjects).map(([what, one]) => [what, () => measured(one)] as const);
      results.push(
        resultOf(name, Object.keys(subjects), await inTurns(ROUNDS, Object.fromEntries(measures))),
      );
    }
    return results;
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

function resultOf(name: string, whats: readonly string[], series: Series): Result {
  const median = (what: string, unit: string) => summary(series[`${what}.${unit}`] ?? []).median;
  const goal = (unit: 'seconds' | 'mib', says: string) => ({
    ratio: { of: name, to: says, ...single(Math.max(...whats.map((what) => median(what, unit)))) },
    says: `${name}: the worst, ${says}`,
    atMost: GOALS[unit],
  });
  return {
    title: `Largest requests: ${name}`,
    figures: [],
    rows: {
      columns: ['seconds', 'CPU seconds', 'MiB', 'answered with'],
      values: whats.map((what) => [
        what,
        ...['seconds', 'cpu', 'mib'].map((unit) => short(median(what, unit))),
        // What a direct invocation is answered with is a value or an error.
        ['an error', 'a value'][median(what, 'statusCode')] ?? String(median(what, 'statusCode')),
      ]),
    },
    goals: [goal('seconds', 'in seconds'), goal('mib', 'in MiB beyond idle')],
    notes: [
      `Medians of ${ROUNDS} samples. Memory is the most resident memory of the process less what it had when idle.`,
    ],
  };
}
