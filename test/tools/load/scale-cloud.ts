// The other side of a measurement of many groups, in a process of its own: SLS, Secrets Manager, an inventory, the bucket of
// readings and the memory. SLS and the inventory take their time for an answer; what is in the region of the functions does not.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTable } from '../../../lib/aws/dynamodb.ts';
import { deploymentChange, newDeployment } from '../../../lib/core/memory/deployment.ts';
import { groupChange, NO_GROUP } from '../../../lib/core/memory/group.ts';
import { DEPLOYMENT_ID, groupId } from '../../../lib/core/memory/known.ts';
import { newMemory } from '../../../lib/core/removal/memory.ts';
import { DAY } from '../../../lib/core/removal/settings.ts';
import { startBucket } from '../../support/bucket.ts';
import { openLoopback } from '../../support/loopback.ts';
import { startDynamo, TABLE } from '../../support/memory/dynalite.ts';
import { OWNER, PROJECT } from '../../support/names.ts';
import { DEFAULT_KEY, startStandIn } from '../../support/standin/index.ts';
import { startSecretsServer } from '../../support/standin/secrets.ts';
import { machinesOf, nameOf, SECRET } from './options.ts';
import { ansibleDocument, documentsOf, isChanged, type ScaleOptions } from './scale-options.ts';

export interface ScaleCloud {
  readonly sls: { readonly endpoint: string; readonly connectTo: string };
  readonly secrets: string;
  readonly inventory: string;
  readonly bucket: string;
  readonly memory: string;
}

export interface ScaleFigures {
  readonly inventoryCalls: number;
  /** Requests by operation. */
  readonly slsCalls: Readonly<Record<string, number>>;
  readonly objects: { readonly puts: number; readonly gets: number; readonly bytes: number };
  /** Groups that are not what the inventory says. */
  readonly wrong: number;
  readonly overlappingWrites: number;
}

const options = JSON.parse(process.argv[2] ?? '') as ScaleOptions;
const groups = Array.from({ length: options.groups }, (_, group) => group);
const sls = await startStandIn({ projects: [PROJECT], groupQuota: options.groups, requestLog: 1_000_000 });
sls.faults.add({ kind: 'delay', delayMs: options.latencyMs, times: Number.POSITIVE_INFINITY });
const secrets = await startSecretsServer({ secrets: { [SECRET]: JSON.stringify(DEFAULT_KEY) } });
const documents = Array.from({ length: documentsOf(options) }, (_, document) =>
  Buffer.from(JSON.stringify(ansibleDocument(document, options))),
);
let inventoryCalls = 0;
const inventory = createServer(async ({ url = '' }, answer) => {
  inventoryCalls += 1;
  await sleep(options.latencyMs);
  const body = documents[Number(url.slice(1))] as Buffer;
  answer.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});
const bucket = await startBucket();
const dynamo = await startDynamo();

/** Groups as they are before a run. */
function begin(): void {
  const before = sls.groups(PROJECT);
  before.clear();
  for (const group of groups) {
    const wanted = machinesOf(group, options.machines);
    before.set(nameOf(group), {
      groupName: nameOf(group),
      groupType: '',
      machineIdentifyType: 'ip',
      groupAttribute: { groupTopic: '', externalName: `sls-machine-groups/${OWNER}` },
      machineList: isChanged(group, options) ? wanted.slice(1) : wanted,
      createTime: 1_447_178_253,
      lastModifyTime: 1_447_178_253,
    });
  }
  sls.forgetRequests();
  inventoryCalls = 0;
  Object.assign(bucket.counts, { puts: 0, gets: 0, bytes: 0 });
}

/** A memory that knows every group for a month. */
async function remember(): Promise<void> {
  const { client } = dynamo;
  const table = openTable({ table: TABLE, now: Date.now, random: Math.random, sleep, client });
  const began = Date.now() - 30 * DAY;
  const due = Date.now() + 600_000;
  const epoch = deploymentChange(undefined, newDeployment(began));
  if (epoch) await table.write(DEPLOYMENT_ID, epoch, 0, due);
  const change = groupChange(undefined, { ...NO_GROUP, removal: newMemory(began) });
  const left = [...groups];
  const write = async () => {
    for (let group = left.pop(); group !== undefined; group = left.pop())
      if (change) await table.write(groupId(`${PROJECT}/${nameOf(group)}`), change, 0, due);
  };
  await Promise.all(Array.from({ length: 16 }, write));
}

function figures(): ScaleFigures {
  const now = sls.groups(PROJECT);
  const slsCalls: Record<string, number> = {};
  for (const { operation = 'unknown' } of sls.requests) slsCalls[operation] = (slsCalls[operation] ?? 0) + 1;
  const wrong = groups.filter((group) => {
    const members = new Set(now.get(nameOf(group))?.machineList);
    const wanted = machinesOf(group, options.machines);
    return members.size !== wanted.length || !wanted.every((machine) => members.has(machine));
  });
  const { overlappingWrites } = sls;
  return { inventoryCalls, slsCalls, objects: { ...bucket.counts }, wrong: wrong.length, overlappingWrites };
}

process.on('message', (request: 'begin' | 'figures') => {
  if (request === 'begin') begin();
  process.send?.(request === 'figures' ? figures() : 'done');
});
process.on('disconnect', () => process.exit());

await remember();
const at = async (server: typeof inventory) => `http://${(await openLoopback(server)).address}`;
process.send?.({
  sls: { endpoint: `http://${sls.endpoint}`, connectTo: `${sls.host}:${sls.port}` },
  secrets: secrets.url,
  inventory: await at(inventory),
  bucket: bucket.url,
  memory: dynamo.url,
} satisfies ScaleCloud);
