// DynamoDB on this machine: dynalite in this process, with the memory's table in it.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

export const TABLE = 'memory';

export interface LocalDynamo extends AsyncDisposable {
  readonly url: string;
  /** Requests so far that may have changed something. */
  readonly writes: number;
  /** Client options that reach it, with visibly fake credentials. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
}

export async function startDynamo(): Promise<LocalDynamo> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  let writes = 0;
  server.on('request', ({ headers }: IncomingMessage) => {
    if (!/\.(?:Batch)?GetItem$/.test(String(headers['x-amz-target']))) writes += 1;
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test-aws-key-id', secretAccessKey: 'not-a-real-secret' };
  const client = { endpoint: url, region: 'eu-central-1', credentials };
  await createTable(client);
  return {
    url,
    client,
    get writes() {
      return writes;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As serverless.yml makes it. */
export async function createTable(client: LocalDynamo['client']): Promise<void> {
  const dynamo = new DynamoDBClient(client);
  const create = new CreateTableCommand({
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  });
  await dynamo.send(create);
  dynamo.destroy();
}
