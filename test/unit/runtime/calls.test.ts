// How often an inventory and SLS are asked, from 10 to 10 000 groups, in one run and by the queue: what is read, and not who
// asks, is what the inventory is asked for. Inventory and readings go over real sockets; SLS is a map that counts.
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { syncEventFunction } from '../../../lib/runtime/sync/event-function.ts';
import { createSyncRuntime, type SyncRuntime } from '../../../lib/runtime/sync/wire.ts';
import type { Queues } from '../../../lib/runtime/sync/work-queue.ts';
import { applying } from '../../../lib/runtime/sync/writers.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { SCHEDULE } from '../../functions/events.ts';
import { type Bucket, startBucket } from '../../support/bucket.ts';
import { type LoopbackServer, openLoopback } from '../../support/loopback.ts';
import { MARK, OWNER, PROJECT } from '../../support/names.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { share } from '../../support/whole.ts';
import { machinesOf, nameOf } from '../../tools/load/options.ts';
import { ansibleDocument, documentOf, documentsOf, isChanged } from '../../tools/load/scale-options.ts';
import { definitionOf } from '../core/values.ts';

const MACHINES = 10;
/** Ten thousand, which take as long as all the others ten times over, are counted in `npm run test:all`. */
const SIZES = share([10, 100, 1_000], [10, 100, 1_000, 10_000]);
/** Of the largest, in which each group is looked at four times. */
const SLOW_MS = 120_000;

let folder: TemporaryFolder;
let inventory: LoopbackServer;
let bucket: Bucket;
let groups = 0;
let inventoryCalls = 0;
beforeAll(async () => {
  folder = temporaryFolder('calls');
  bucket = await startBucket();
  inventory = await openLoopback(
    createServer(({ url = '' }, answer) => {
      inventoryCalls += 1;
      const options = { groups, machines: MACHINES, latencyMs: 0, changedShare: 0 };
      const body = JSON.stringify(ansibleDocument(Number(url.slice(1)), options));
      answer.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    }),
  );
  vi.stubEnv('AWS_ENDPOINT_URL_S3', bucket.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test-aws-key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-real-secret');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await inventory?.close();
  await bucket?.close();
  folder?.remove();
});

/** SLS with groups of which some lack a machine. */
class Sls {
  readonly #members = new Map<string, readonly string[]>();
  readonly calls: Record<string, number> = {};

  constructor(changedShare: number) {
    for (let group = 0; group < groups; group += 1) {
      const wanted = machinesOf(group, MACHINES);
      this.#members.set(nameOf(group), isChanged(group, { changedShare }) ? wanted.slice(1) : wanted);
    }
  }

  get wrong(): number {
    return [...this.#members.values()].filter(({ length }) => length !== MACHINES).length;
  }

  get client(): SlsClient {
    const count = (operation: string) => {
      this.calls[operation] = (this.calls[operation] ?? 0) + 1;
    };
    const client = {
      with: () => client,
      getMachineGroup: async (_project: string, groupName: string) => {
        count('get');
        const members = this.#members.get(groupName) ?? [];
        const groupAttribute = { groupTopic: '', externalName: MARK };
        return { value: definitionOf(members, { groupName, groupAttribute }) };
      },
      updateMachineGroup: async (_project: string, { groupName, machineList }: Definition) => {
        count('update');
        this.#members.set(groupName, machineList);
      },
    };
    return client as unknown as SlsClient;
  }
}
interface Definition {
  readonly groupName: string;
  readonly machineList: readonly string[];
}

async function configure(fanOutAbove: number): Promise<string> {
  const source = { type: 'http', format: 'ansible', allowHttp: true, allowLoopback: true };
  const all = Array.from({ length: groups }, (_, group) => {
    const url = `http://${inventory.address}/${documentOf(group)}`;
    const sources = [{ ...source, url, ansible: { group: nameOf(group) } }];
    return { project: PROJECT, name: nameOf(group), identify: 'ip', sources };
  });
  const file = join(folder.path, 'sync.json');
  await writeFile(file, JSON.stringify({ owner: OWNER, policy: 'sync', fanOutAbove, groups: all }));
  return `file://${file}`;
}

/** The functions as they are wired, but for SLS, the queue between them and the log. */
function functionOf(SYNC_CONFIG: string, sls: Sls, env: Record<string, string>, sent: { body: string }[]) {
  const runtime = createSyncRuntime(
    {
      SLS_SECRET_ID: 'unread',
      SLS_ENDPOINT: 'cn-hangzhou.log.aliyuncs.com',
      SYNC_CONFIG,
      IS_OFFLINE: 'true',
      ...env,
    },
    () => {},
  );
  const ports: SyncRuntime['ports'] = (...order) => ({
    ...runtime.ports(...order),
    sls: () => sls.client,
    ...applying(async () => {}),
  });
  const watching: SyncRuntime['watching'] = (due) => ({ ...runtime.watching(due), sls: () => sls.client });
  const metrics = { record: () => {}, recordScheduled: () => {} };
  const own = { ...runtime, ports, watching, metrics } as SyncRuntime;
  const sendAll = async (_url: string, messages: readonly { body: string }[]) => void sent.push(...messages);
  const handler = syncEventFunction(
    () => own,
    async () => ({ sendAll }) as unknown as Queues,
  );
  return (event: object) => handler(event, { getRemainingTimeInMillis: () => 900_000 });
}

/** @param path as in the table of docs/performance.md */
async function counted(size: number, changedShare: number, path: 'one' | 'queue, own' | 'queue, handed') {
  groups = size;
  inventoryCalls = 0;
  Object.assign(bucket.counts, { puts: 0, gets: 0, bytes: 0 });
  const sls = new Sls(changedShare);
  const config = await configure(path === 'one' ? 10_000 : 0);
  const sent: { body: string }[] = [];
  const env = {
    ...(path !== 'one' && { SYNC_WORK_QUEUE_URL: 'https://queue.example/work.fifo' }),
    ...(path === 'queue, handed' && { SYNC_READINGS_BUCKET: 'readings' }),
  };
  await functionOf(config, sls, env, sent)(SCHEDULE);
  const worker = functionOf(config, sls, { ...env, SYNC_WORK_QUEUE_URL: '' }, sent);
  const messages = [...sent];
  for (const [index, { body }] of messages.entries()) {
    const record = { messageId: `${index}`, eventSource: 'aws:sqs', body };
    expect(await worker({ Records: [record] })).toEqual({ batchItemFailures: [] });
  }
  await rm(join(folder.path, 'sync.json'));
  const { get = 0, update = 0, ...others } = sls.calls;
  return { inventoryCalls, get, update, others, wrong: sls.wrong, messages: messages.length };
}

describe.each(SIZES)('%i groups', (size) => {
  const pages = documentsOf({ groups: size });
  const messages = Math.ceil(size / 200);
  const right = { get: size, update: 0, others: {}, wrong: 0 };

  test(
    'are the pages of the inventory and a call of SLS a group, in one run',
    async () => {
      expect(await counted(size, 0, 'one')).toEqual({ ...right, inventoryCalls: pages, messages: 0 });
    },
    SLOW_MS,
  );

  test(
    'and no more by the queue, where the run reads for its workers',
    async () => {
      const found = await counted(size, 0, 'queue, handed');
      expect(found).toEqual({ ...right, inventoryCalls: pages, messages });
      // What one message alone needs is read by its worker.
      const handed = messages > pages ? messages : 0;
      expect(bucket.counts).toMatchObject({ puts: handed, gets: handed });
    },
    SLOW_MS,
  );

  test(
    'and three calls more for each one that changes',
    async () => {
      const changed = Math.ceil(size / 100);
      // Compared before the write, and read back after it.
      const calls = { get: size + 2 * changed, update: changed, others: {}, wrong: 0 };
      const found = await counted(size, 0.01, 'queue, handed');
      expect(found).toEqual({ ...calls, inventoryCalls: pages, messages });
    },
    SLOW_MS,
  );
});

test(
  'without a bucket each message is a reading of its own',
  async () => {
    expect(await counted(1_000, 0, 'queue, own')).toMatchObject({ inventoryCalls: 5, messages: 5, wrong: 0 });
  },
  SLOW_MS,
);
