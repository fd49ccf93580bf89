// Cold starts of the sync beside that of get-group, in turns: the module, and all that happens until the first answer. That of
// the sync is a run over one group that is as it should be, with the memory's client, the configuration and the key in it.
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundleAll, ROOT } from '../../../lib/build/bundle.ts';
import { workFor } from '../../../lib/core/trigger/work.ts';
import { SCHEDULE } from '../../functions/events.ts';
import { payload2 } from '../../support/lambda/events.ts';
import { startDynamo, TABLE } from '../../support/memory/dynalite.ts';
import { PROJECT } from '../../support/names.ts';
import { startServices } from './loads.ts';
import { figure, goal, type Result } from './result.ts';
import { GROUP } from './sample.ts';
import { inTurns } from './statistics.ts';

const ROUNDS = 15;
const FOLDER = join(ROOT, '.cache/bench-cold-sync');

const EVENTS: Readonly<Record<string, object>> = {
  'get-group': payload2({
    method: 'GET',
    route: '/machinegroups/{groupName}',
    pathParameters: { groupName: GROUP.groupName },
    query: { projectName: PROJECT },
  }),
  'sync-from-inventory': SCHEDULE,
  'sync-group': {
    Records: [
      {
        messageId: 'bench',
        eventSource: 'aws:sqs',
        body: JSON.stringify(workFor(`${PROJECT}/${GROUP.groupName}`, 'bench', 'schedule')),
      },
    ],
  },
};

export async function run(): Promise<Result[]> {
  await rm(FOLDER, { recursive: true, force: true });
  const files = new Map<string, string>();
  for (const name of Object.keys(EVENTS))
    for (const { file } of await bundleAll({ outdir: FOLDER, entry: join(ROOT, `functions/${name}.ts`) }))
      files.set(name, file);
  await using services = await startServices();
  await using dynamo = await startDynamo();
  const config = join(FOLDER, 'sync.json');
  const sources = [{ type: 'static', members: GROUP.machineList }];
  // Of the mark that the group has.
  const group = { project: PROJECT, name: GROUP.groupName, identify: 'ip', sources };
  await writeFile(config, JSON.stringify({ owner: 'bench', policy: 'sync', groups: [group] }));
  const env = {
    ...services.environment,
    SYNC_CONFIG: `file://${config}`,
    IS_OFFLINE: 'true',
    SYNC_TABLE: TABLE,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test-aws-key-id',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-aws-secret',
  };
  const start = async (name: string) => {
    const url = pathToFileURL(files.get(name) as string).href;
    const args = [join(import.meta.dirname, 'first.mjs'), url, JSON.stringify(EVENTS[name])];
    const { stderr } = await promisify(execFile)(process.execPath, args, { env });
    const { answer, ...took } = JSON.parse(stderr) as { answer: unknown } & Record<string, number>;
    if (!isGood(answer)) throw new Error(`${name} answered ${JSON.stringify(answer)}`);
    return took;
  };
  // Remembered by the first of them: those that are measured find it as it should be.
  await start('sync-from-inventory');
  const names = Object.keys(EVENTS);
  const series = await inTurns(ROUNDS, Object.fromEntries(names.map((name) => [name, () => start(name)])));
  const shown = [
    ['loadMs', 'the module'],
    ['loadCpu', 'the module, CPU'],
    ['answerMs', 'to the first answer'],
    ['answerCpu', 'to the first answer, CPU'],
  ] as const;
  return [
    {
      title: 'Cold starts of the sync',
      figures: names.flatMap((name) =>
        shown.map(
          ([of, says]) => [`${name}: ${says}`, 'ms', figure(series, `${name}.${of}`, '')[2]] as const,
        ),
      ),
      goals: names
        .slice(1)
        .flatMap((name) =>
          shown.map(([of, says]) =>
            goal(series, `${name}.${of}`, `get-group.${of}`, { says: `${name} / get-group, ${says}` }),
          ),
        ),
      notes: [
        'In fresh processes, in turns; from the import of the handler. Everything that is called is on loopback.',
      ],
    },
  ];
}

function isGood(answer: unknown): boolean {
  const { statusCode, status, batchItemFailures } = answer as Record<string, unknown>;
  return statusCode === 200 || status === 'ok' || (batchItemFailures as [] | undefined)?.length === 0;
}
