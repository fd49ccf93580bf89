// The other side of a load, in a process of its own: SLS with faults, Secrets Manager, an inventory of many machines.
// Its options come as an argument; it is told and asked by messages.
import { createServer } from 'node:http';
import { openLoopback } from '../../support/loopback.ts';
import { OWNER, PROJECT } from '../../support/names.ts';
import {
  DEFAULT_KEY,
  type Fault,
  type StandIn,
  type StoredGroup,
  startStandIn,
} from '../../support/standin/index.ts';
import { startSecretsServer } from '../../support/standin/secrets.ts';
import { type LoadOptions, machinesOf, nameOf, needOf, SECRET } from './options.ts';

export interface Cloud {
  readonly sls: { readonly endpoint: string; readonly connectTo: string };
  readonly secrets: string;
  readonly inventory: string;
}

export interface CloudFigures {
  /** Groups that are not what the inventory says. */
  readonly wrong: readonly string[];
  readonly overlappingWrites: number;
  readonly faultsMet: number;
}

export type CloudRequest = 'check' | 'begin' | 'settle';

const options = JSON.parse(process.argv[2] ?? '') as LoadOptions;
const sls = await startStandIn({
  projects: [PROJECT],
  groupQuota: options.groups,
  requestLog: 1,
  callsASecond: options.callsASecond ?? Number.POSITIVE_INFINITY,
});
const secrets = await startSecretsServer({ secrets: { [SECRET]: JSON.stringify(DEFAULT_KEY) } });
const inventory = createServer(({ url = '' }, answer) => {
  const body = JSON.stringify(machinesOf(Number(url.slice(1)), options.machines));
  answer.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});
const { address } = await openLoopback(inventory);

let armed = 0;

/** Groups as they are before a run, and faults for it. @param need what each group needs, or nothing for all */
function begin(need: typeof needOf): void {
  sls.faults.clear();
  const groups = sls.groups(PROJECT);
  groups.clear();
  for (let group = 0; group < options.groups; group += 1) {
    const before = groupBefore(group, need(group));
    if (before) groups.set(before.groupName, before);
  }
  const faults = faultsFor(options);
  armed = faults.length;
  for (const fault of faults) sls.faults.add(fault);
  sls.faults.add({ kind: 'delay', delayMs: options.latencyMs, times: Number.POSITIVE_INFINITY });
}

function groupBefore(group: number, need: ReturnType<typeof needOf>): StoredGroup | undefined {
  if (need === 'make') return undefined;
  const wanted = machinesOf(group, options.machines);
  // One in a hundred is new. None is gone: a removal has to have been missing for an hour, which no load lasts.
  const share = Math.ceil(options.machines / 100);
  return {
    groupName: nameOf(group),
    groupType: '',
    machineIdentifyType: 'ip',
    groupAttribute: {
      groupTopic: 'kept',
      externalName: need === 'adopt' ? '' : `sls-machine-groups/${OWNER}`,
    },
    machineList: need === 'full' ? wanted.slice(share) : wanted,
    createTime: 1_447_178_253,
    lastModifyTime: 1_447_178_253,
  };
}

/** Faults at requests that the seed chooses, of each kind in turn. */
function faultsFor({ groups, faultShare, seed }: LoadOptions): Fault[] {
  const kinds: readonly Fault[] = [
    { kind: 'error', status: 500, code: 'InternalServerError' },
    { kind: 'reset', moment: 'before' },
    { kind: 'error', status: 503, code: 'ServerBusy', effect: true },
    { kind: 'truncate' },
    { kind: 'error', status: 403, code: 'MetaOperationQpsLimitExceeded' },
    { kind: 'reset', moment: 'after' },
    { kind: 'raw', status: 502, body: '<html>Bad Gateway</html>' },
  ];
  // Four requests for most groups: for the plan, before the write, the write, and what came of it.
  const requests = groups * 4;
  const random = numbersFrom(seed);
  return Array.from({ length: Math.round(requests * faultShare) }, (_, index) => ({
    ...(kinds[index % kinds.length] as Fault),
    skip: Math.floor(random() * requests),
  }));
}

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function figures(service: StandIn): CloudFigures {
  const groups = service.groups(PROJECT);
  const wrong: string[] = [];
  for (let group = 0; group < options.groups; group += 1) {
    const name = nameOf(group);
    const now = groups.get(name);
    const list = now?.machineList ?? [];
    const members = new Set(list);
    const isRight =
      list.length === options.machines &&
      machinesOf(group, options.machines).every((machine) => members.has(machine)) &&
      now?.groupAttribute.externalName === `sls-machine-groups/${OWNER}` &&
      now.groupAttribute.groupTopic === (needOf(group) === 'make' ? '' : 'kept');
    if (!isRight) wrong.push(name);
  }
  // The latency is one that never ends.
  return {
    wrong,
    overlappingWrites: service.overlappingWrites,
    faultsMet: armed - (service.faults.pending() - 1),
  };
}

process.on('message', (request: CloudRequest) => {
  if (request === 'begin') begin(needOf);
  if (request === 'settle') begin(() => 'nothing');
  process.send?.(request === 'check' ? figures(sls) : 'done');
});
process.on('disconnect', () => process.exit());

process.send?.({
  sls: { endpoint: `http://${sls.endpoint}`, connectTo: `${sls.host}:${sls.port}` },
  secrets: secrets.url,
  inventory: `http://${address}`,
} satisfies Cloud);
