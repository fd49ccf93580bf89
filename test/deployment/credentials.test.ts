// Where a bundle gets its AWS credentials from: the sources that Lambda has work in it, the others say that they
// are not there. It is run in a process of its own, against the stand-in and a local Secrets Manager.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLoopback } from '../support/loopback.ts';
import { PROJECT } from '../support/names.ts';
import { bundlesTo } from '../support/run/ask.ts';
import { DEFAULT_KEY, type StandIn, startStandIn } from '../support/standin/index.ts';
import { type SecretsServer, startSecretsServer } from '../support/standin/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FROM_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'test-aws-key-id',
  AWS_SECRET_ACCESS_KEY: 'not-a-real-aws-secret',
};

const folder = temporaryFolder('credentials');
let script: string;
let sls: StandIn;
let secrets: SecretsServer;

beforeAll(async () => {
  const [bundle] = await bundlesTo(folder.path, 'get-group');
  script = join(folder.path, 'invoke.mjs');
  await writeFile(
    script,
    `const { handler } = await import(${JSON.stringify(pathToFileURL(bundle?.file ?? '').href)});
    const answer = await handler({ groupName: 'not-there' }, { awsRequestId: 'test' }).catch((error) => error.name);
    process.stdout.write('answer ' + JSON.stringify(answer), () => process.exit());
    `,
  );
  sls = await startStandIn();
  secrets = await startSecretsServer({ secrets: { key: JSON.stringify(DEFAULT_KEY) } });
});
afterAll(async () => {
  await sls.close();
  await secrets.close();
  folder.remove();
});

/** Asks for a group that does not exist; what was logged and answered comes back. */
async function invoke(credentials: Readonly<Record<string, string>>): Promise<string> {
  const env = {
    SLS_SECRET_ID: 'key',
    SLS_ENDPOINT: `http://${sls.endpoint}`,
    SLS_PROJECT: PROJECT,
    SLS_CONNECT_TO: `${sls.host}:${sls.port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    // None of this machine's own.
    HOME: folder.path,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...credentials,
  };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], {
    env,
    cwd: folder.path,
  });
  return stdout + stderr;
}

test('a function takes its credentials from the environment', async () => {
  expect(await invoke(FROM_ENVIRONMENT)).toContain('answer "GroupNotExist"');
});

test('a function takes its credentials from the container that a snapshot was restored in', async () => {
  const asked: (string | undefined)[] = [];
  const container = createServer((request, response) => {
    asked.push(request.headers.authorization);
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    const key = { AccessKeyId: 'test-container-key-id', SecretAccessKey: 'not-a-real-container-secret' };
    response.end(JSON.stringify({ ...key, Token: 'not-a-real-token', Expiration }));
  });
  await using open = await openLoopback(container);
  const output = await invoke({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${open.address}/`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'test-container-token',
  });
  expect(output).toContain('answer "GroupNotExist"');
  expect(asked).toEqual(['test-container-token']);
});

test.each([
  { variable: 'AWS_PROFILE', says: 'the profile of AWS_PROFILE: not in this bundle' },
  {
    variable: 'AWS_WEB_IDENTITY_TOKEN_FILE',
    says: 'the token of AWS_WEB_IDENTITY_TOKEN_FILE: not in this bundle',
  },
])('a function takes no credentials by $variable, and the log says so', async ({ variable, says }) => {
  const before = secrets.requests;
  const output = await invoke({ [variable]: 'somewhere' });
  expect(output).toContain(says);
  expect(output).toContain('answer "SecretUnavailable"');
  expect(secrets.requests).toBe(before);
});

test('a function without credentials says that there are none', async () => {
  const output = await invoke({});
  expect(output).toContain('Could not load credentials from any providers');
  expect(output).toContain('answer "SecretUnavailable"');
});
