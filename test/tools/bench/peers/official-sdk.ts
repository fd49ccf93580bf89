// The duty of get-group on the official SDK: the AccessKey from AWS Secrets Manager, read while the function loads,
// then GetMachineGroup. No validation, no retries, no errors of its own.
import dns from 'node:dns';
import Sls from '@alicloud/sls20201230';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

type Client = InstanceType<typeof Sls.default>;
type Config = ConstructorParameters<typeof Sls.default>[0];

interface Event {
  readonly pathParameters: { readonly groupName: string };
  readonly queryStringParameters: { readonly projectName: string };
}

const { SLS_SECRET_ID = '', SLS_ENDPOINT = '', SLS_CONNECT_TO = '' } = process.env;

const client = connect();
// Whoever waits for it hears of its failure.
client.catch(() => {});

async function connect(): Promise<Client> {
  const answer = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId: SLS_SECRET_ID }),
  );
  const key = JSON.parse(answer.SecretString ?? '');
  const { protocol, hostname } = new URL(SLS_ENDPOINT);
  // The SDK cannot be told to connect elsewhere: names below the endpoint resolve to the stand-in.
  const [, port] = SLS_CONNECT_TO.split(':');
  dns.lookup = ((_name: string, options: dns.LookupOptions, done: (...found: unknown[]) => void) =>
    options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) as never;
  const config = { ...key, protocol: protocol.replace(':', ''), endpoint: `${hostname}:${port}` };
  // CommonJS behind one more default export, or not, by how it is bundled.
  const Constructor = (Sls.default ?? Sls) as typeof Sls.default;
  return new Constructor(config as Config);
}

export async function handler({ pathParameters, queryStringParameters }: Event): Promise<object> {
  const sls = await client;
  const { body } = await sls.getMachineGroup(queryStringParameters.projectName, pathParameters.groupName);
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
