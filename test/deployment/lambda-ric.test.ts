// The bundles as Lambda runs them: its own runtime loads the handler and calls it with events of an HTTP API,
// while the stand-in of SLS and a local Secrets Manager answer.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatewayRequest, payload1, payload2 } from '../support/lambda/events.ts';
import { type LambdaFunction, ricAbsent, startFunction } from '../support/lambda/function.ts';
import { PROJECT } from '../support/names.ts';
import { needs } from '../support/needs.ts';
import { bundlesTo } from '../support/run/ask.ts';
import { type StandIn, startStandIn } from '../support/standin/index.ts';
import { type SecretsServer, startSecretsServer } from '../support/standin/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = { accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' };

/** The sample request of the CreateMachineGroup page. */
const SAMPLE = {
  projectName: PROJECT,
  groupName: 'test-machine-group',
  machineIdentifyType: 'ip',
  groupAttribute: { groupTopic: 'testtopic', externalName: 'testgroup' },
  machineList: [],
  groupType: '',
};
const { projectName: _, ...DEFINITION } = SAMPLE;

const create = (body: unknown): GatewayRequest => ({
  method: 'POST',
  route: '/machinegroups',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const get = (groupName: string): GatewayRequest => ({
  method: 'GET',
  route: '/machinegroups/{groupName}',
  pathParameters: { groupName },
  query: { projectName: PROJECT },
});

/** What an HTTP API would send on; headers by lower-case names. */
interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body?: string;
}

describe('under the Lambda runtime', needs(ricAbsent), () => {
  const folder = temporaryFolder('task');
  const taskRoot = folder.path;
  let sls: StandIn;
  let secrets: SecretsServer;
  beforeAll(async () => {
    await bundlesTo(join(taskRoot, '.build'));
  });
  afterAll(folder.remove);

  const start = (name: string, more: Record<string, string> = {}): Promise<LambdaFunction> =>
    startFunction(taskRoot, name, {
      SLS_SECRET_ID: 'access-key',
      SLS_ENDPOINT: 'http://cn-hangzhou.log.aliyuncs.com',
      SLS_PROJECT: '',
      SLS_REGION: '',
      SLS_SIGNATURE: '',
      SLS_CONNECT_TO: `${sls.host}:${sls.port}`,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      ...more,
    });

  describe.each([
    { format: '2.0', payload: payload2 },
    { format: '1.0', payload: payload1 },
  ])('payload format $format', ({ payload }) => {
    let createGroup: LambdaFunction;
    let getGroup: LambdaFunction;
    const call = async (target: LambdaFunction, request: GatewayRequest) =>
      (await target.invoke(payload(request))) as Answer;

    beforeAll(async () => {
      sls = await startStandIn({ projects: [PROJECT], keys: [KEY] });
      secrets = await startSecretsServer({ secrets: { 'access-key': JSON.stringify(KEY) } });
      createGroup = await start('create-group');
      getGroup = await start('get-group');
    });
    afterAll(async () => {
      await createGroup[Symbol.asyncDispose]();
      await getGroup[Symbol.asyncDispose]();
      await sls.close();
      await secrets.close();
    });

    test('creates a group and reads it back', async () => {
      const created = await call(createGroup, create(SAMPLE));
      expect({ status: created.statusCode, body: created.body ?? '' }).toEqual({ status: 200, body: '' });
      expect(created.headers['x-log-requestid']).toMatch(/^[0-9A-F]{24}$/);
      expect([...sls.groups(PROJECT).keys()]).toEqual(['test-machine-group']);

      const read = await call(getGroup, get('test-machine-group'));
      expect(read.statusCode).toBe(200);
      expect(read.headers['content-type']).toMatch(/^application\/json\b/);
      expect(JSON.parse(read.body ?? '')).toEqual({
        ...DEFINITION,
        createTime: expect.any(Number),
        lastModifyTime: expect.any(Number),
      });
    });

    test('answers what SLS refuses with its code', async () => {
      const again = await call(createGroup, create(SAMPLE));
      expect(again.statusCode).toBe(400);
      expect(JSON.parse(again.body ?? '')).toMatchObject({ errorCode: 'MachineGroupAlreadyExist' });

      const absent = await call(getGroup, get('not-there'));
      expect(absent.statusCode).toBe(404);
      expect(JSON.parse(absent.body ?? '')).toMatchObject({ errorCode: 'GroupNotExist' });
    });

    test('reads the AccessKey once, and writes it nowhere', () => {
      // Two environments, each of which had more than one request.
      expect(secrets.requests).toBe(2);
      const output = createGroup.output() + getGroup.output();
      expect(output).toContain(sls.requests[0]?.requestId);
      expect(output).not.toContain(KEY.accessKeySecret);
    });
  });

  describe('started by itself', () => {
    beforeAll(async () => {
      sls = await startStandIn({ projects: [PROJECT], keys: [KEY] });
      secrets = await startSecretsServer({ secrets: { 'access-key': JSON.stringify(KEY) } });
    });
    afterAll(async () => {
      await sls.close();
      await secrets.close();
    });

    test('takes the bare request of a direct invocation, and signs by V4 when told to', async () => {
      await using createGroup = await start('create-group', { SLS_SIGNATURE: 'v4', SLS_PROJECT: PROJECT });
      const answer = await createGroup.invoke(DEFINITION);
      expect(answer).toEqual({ requestId: sls.requests.at(-1)?.requestId });
      expect([...sls.groups(PROJECT).keys()]).toEqual(['test-machine-group']);
      expect(sls.requests.at(-1)?.signature).toBe('v4');
    });

    test('answers 500 with the name of a missing setting, and stays alive', async () => {
      await using getGroup = await start('get-group', { SLS_ENDPOINT: '' });
      for (const _attempt of [1, 2]) {
        const answer = (await getGroup.invoke(payload2(get('test-machine-group')))) as Answer;
        expect(answer.statusCode).toBe(500);
        expect(JSON.parse(answer.body ?? '')).toMatchObject({ errorCode: 'ConfigurationInvalid' });
      }
    });
  });
});
