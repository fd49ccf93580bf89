// The client of the service and the memory's table, as the processes of these tests reach them.
import { type OpenTable, openTable } from '../../../lib/aws/dynamodb.ts';
import { parseEndpoint } from '../../../lib/core/address/endpoint.ts';
import { sleep } from '../../../lib/runtime/wire.ts';
import { createSlsClient, type SlsClient } from '../../../lib/sls/client.ts';
import { createTransport } from '../../../lib/sls/transport.ts';
import { DEFAULT_KEY } from '../../support/standin/index.ts';

export interface SlsPlace {
  readonly endpoint: string;
  readonly host: string;
  readonly port: number;
}

export interface TablePlace {
  readonly name: string;
  readonly endpoint: string;
}

export function slsAt({ endpoint, host, port }: SlsPlace, now = Date.now): SlsClient {
  return createSlsClient({
    destination: {
      endpoint: parseEndpoint(`http://${endpoint}`),
      connectTo: { host, port },
      signature: 'v1',
      region: 'cn-hangzhou',
    },
    credentials: { get: async () => DEFAULT_KEY, refresh: async () => undefined },
    transport: createTransport(),
    limits: { attempts: 4, attemptTimeoutMs: 5_000, totalTimeoutMs: 60_000 },
    now,
    random: Math.random,
    sleep,
    clock: { offsetMs: 0 },
  });
}

export function tableAt({ name, endpoint }: TablePlace, now = Date.now): OpenTable {
  return openTable({
    table: name,
    now,
    random: Math.random,
    sleep,
    client: {
      endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test-aws-key-id', secretAccessKey: 'not-a-real-secret' },
    },
  });
}

/** For a process that finds the table by its environment. */
export const environmentOf = (table: TablePlace | undefined) => ({
  ...process.env,
  AWS_ENDPOINT_URL_DYNAMODB: table?.endpoint,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test-aws-key-id',
  AWS_SECRET_ACCESS_KEY: 'not-a-real-secret',
});
