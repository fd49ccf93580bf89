// GetMachineGroup over and over, by one of three clients: ours, the official SDK, or bare node:http with headers
// that were signed once. Arguments: the client, the server's port and endpoint.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEndpoint } from '../../../../lib/core/address/endpoint.ts';
import { sign } from '../../../../lib/signing/index.ts';
import type { SlsClient } from '../../../../lib/sls/client.ts';
import { createSlsClient } from '../../../../lib/sls/client.ts';
import { createTransport } from '../../../../lib/sls/transport.ts';
import { PROJECT } from '../../../support/names.ts';
import { officialClient, resolveToLoopback } from '../../../support/standin/official-client.ts';
import { DEFAULT_KEY } from '../../../support/standin/options.ts';
import { serve } from '../child.ts';
import { GROUP } from '../sample.ts';

export interface Batch {
  readonly concurrency: number;
  readonly ms: number;
}

export interface Measured {
  readonly calls: number;
  readonly ms: number;
  /** Of this process. */
  readonly cpuUs: number;
}

const HOST = '127.0.0.1';

function ours(port: number, endpoint: string): () => Promise<string> {
  const sls: SlsClient = createSlsClient({
    destination: {
      endpoint: parseEndpoint(`http://${endpoint}`),
      connectTo: { host: HOST, port },
      signature: 'v1',
      region: undefined,
    },
    credentials: { get: async () => DEFAULT_KEY, refresh: async () => undefined },
    transport: createTransport(),
    limits: { attempts: 4, attemptTimeoutMs: 5_000, totalTimeoutMs: 25_000 },
    now: Date.now,
    random: Math.random,
    sleep: (ms) => sleep(ms),
    clock: { offsetMs: 0 },
  });
  return async () => (await sls.getMachineGroup(PROJECT, GROUP.groupName)).value.groupName;
}

function official(port: number, endpoint: string): () => Promise<string> {
  resolveToLoopback(endpoint);
  const sdk = officialClient({ port, endpoint }, DEFAULT_KEY, 'v1-sha256');
  return async () => (await sdk.getMachineGroup(PROJECT, GROUP.groupName)).body?.groupName ?? '';
}

/** The answer is read to its end and parsed; nothing else. */
function bare(port: number, endpoint: string): () => Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: 'lifo' });
  const path = `/machinegroups/${GROUP.groupName}`;
  const host = `${PROJECT}.${endpoint}`;
  const service = {
    'x-log-apiversion': '0.6.0',
    'x-log-bodyrawsize': '0',
    'x-log-signaturemethod': 'hmac-sha1',
  };
  const headers = sign({ method: 'GET', path, headers: { host, ...service } }, DEFAULT_KEY, {
    version: 'v1',
    date: new Date(),
  });
  return () =>
    new Promise((resolve, reject) => {
      const outgoing = request({ agent, host: HOST, port, method: 'GET', path, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')).groupName));
      });
      outgoing.on('error', reject).end();
    });
}

const [kind = '', port = '', endpoint = ''] = process.argv.slice(2);
const call = { ours, official, bare }[kind as 'ours' | 'official' | 'bare'](Number(port), endpoint);

serve<Batch, Measured>(async ({ concurrency, ms }) => {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  let calls = 0;
  const worker = async () => {
    while (performance.now() - startedAt < ms) {
      if ((await call()) !== GROUP.groupName) throw new Error('this is not the group that was asked for');
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { user, system } = process.cpuUsage(before);
  return { calls, ms: performance.now() - startedAt, cpuUs: user + system };
});
