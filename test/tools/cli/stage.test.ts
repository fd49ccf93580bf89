// A deployment that is found by its stage: the stack, the function's variables, queues and schedule in moto, SLS as its
// stand-in.
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stackResources } from '../../../lib/aws/stack.ts';
import type { Finding } from '../../../lib/cli/doctor/finding.ts';
import { describeWithMoto } from '../../support/moto.ts';
import { MARK, OWNER, PROJECT } from '../../support/names.ts';
import { DEFAULT_KEY, type StandIn, startStandIn } from '../../support/standin/index.ts';
import { builtCli, SECRET_ID, settingsFor } from './process.ts';

const cli = builtCli();
const STACK = 'sls-machine-groups-test';
const CONFIG = {
  owner: OWNER,
  policy: 'sync',
  groups: [
    {
      ...{ project: PROJECT, name: 'web', identify: 'ip' },
      sources: [{ type: 'static', members: ['10.0.0.1', '10.0.0.2'] }],
    },
  ],
};

describeWithMoto('a stage', (moto) => {
  let standIn: StandIn;
  let deadLetters = '';
  let waiting = '';

  beforeAll(async () => {
    standIn = await startStandIn();
    standIn.groups(PROJECT).set('web', {
      ...{ groupName: 'web', groupType: '', machineIdentifyType: 'ip', machineList: ['10.0.0.1'] },
      groupAttribute: { groupTopic: '', externalName: MARK },
      ...{ createTime: 1_700_000_000, lastModifyTime: 1_700_000_000 },
    });
    const sqs = new SQSClient(moto.client);
    const made = async (QueueName: string) =>
      (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl as string;
    deadLetters = await made('dead');
    waiting = await made('history');
    // Made by hand, since moto says of queues in a stack that they are at AWS.
    const outputs = {
      HttpApiUrl: 'https://api.example.com',
      SyncInventoryQueueUrl: await made('events'),
      SyncWorkQueueUrl: await made('work'),
      SyncDeadLettersUrl: deadLetters,
      SyncWorkDeadLettersUrl: await made('dead-work'),
      HistoryQueueUrl: waiting,
    };
    const template = {
      Resources: {
        SyncDashfromDashinventoryEventsRuleSchedule1: {
          Type: 'AWS::Events::Rule',
          Properties: { ScheduleExpression: 'rate(5 minutes)', State: 'ENABLED' },
        },
      },
      Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
    };
    const cloud = new CloudFormationClient(moto.client);
    await cloud.send(new CreateStackCommand({ StackName: STACK, TemplateBody: JSON.stringify(template) }));
    const iam = new IAMClient(moto.client);
    const role = await iam.send(new CreateRoleCommand({ RoleName: 'plan', AssumeRolePolicyDocument: '{}' }));
    const lambda = new LambdaClient(moto.client);
    const { SLS_SECRET_ID, SLS_ENDPOINT, SLS_CONNECT_TO, SLS_ATTEMPTS } = settingsFor(standIn, '');
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: `${STACK}-plan`,
        Role: role.Role?.Arn,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: zipSync({ 'index.mjs': new Uint8Array() }) },
        Environment: {
          Variables: {
            ...({ SLS_SECRET_ID, SLS_ENDPOINT, SLS_CONNECT_TO, SLS_ATTEMPTS } as Record<string, string>),
            SYNC_CONFIG: 'ssm:///cli/sync',
          },
        },
      }),
    );
    const ssm = new SSMClient(moto.client);
    const Value = JSON.stringify(CONFIG);
    await ssm.send(new PutParameterCommand({ Name: '/cli/sync', Type: 'String', Value }));
    const secrets = new SecretsManagerClient(moto.client);
    const SecretString = JSON.stringify(DEFAULT_KEY);
    await secrets.send(new CreateSecretCommand({ Name: SECRET_ID, SecretString }));
    for (const client of [sqs, cloud, iam, lambda, ssm, secrets]) client.destroy();
  });
  afterAll(() => standIn?.close());

  const run = (args: readonly string[]) => cli.run([...args, '--stage', 'test'], moto.environment);
  const examined = async () => {
    const { code, stdout, stderr } = await run(['doctor', '--json']);
    expect(stderr).toBe('');
    const findings = JSON.parse(stdout) as Finding[];
    return { code, says: Object.fromEntries(findings.map(({ check, ...rest }) => [check, rest])) };
  };

  test('is planned with its own settings and configuration, from here', async () => {
    const { code, stdout, stderr } = await run(['plan']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('- Add 1: `10.0.0.2`');
  });

  test('is examined with its queues and its schedule', async () => {
    const { code, says } = await examined();
    expect(says).toMatchObject({
      'queue of events': { verdict: 'ok', says: 'about 0 messages' },
      'queue of work': { verdict: 'ok' },
      'dead letters of events': { verdict: 'ok' },
      'dead letters of work': { verdict: 'ok' },
      'queue of the history': { verdict: 'ok' },
      schedule: { verdict: 'ok', says: 'is on' },
      sources: { verdict: 'ok', says: '1 source of 1 group was read completely' },
    });
    expect(code).toBe(0);
  });

  test('has dead letters, a history that waits, and a schedule that is off', async () => {
    const sqs = new SQSClient(moto.client);
    await sqs.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody: 'given up' }));
    await sqs.send(new SendMessageCommand({ QueueUrl: waiting, MessageBody: 'a record' }));
    const [rule = ''] = (await stackResources(STACK, 'AWS::Events::Rule', moto.client)).values();
    const events = new EventBridgeClient(moto.client);
    await events.send(new DisableRuleCommand({ Name: rule }));
    for (const client of [sqs, events]) client.destroy();
    const { says } = await examined();
    expect(says).toMatchObject({
      'dead letters of events': { verdict: 'warning', says: 'about 1 messages' },
      'queue of the history': { verdict: 'warning', todo: expect.stringContaining('keep-history') },
      schedule: { verdict: 'warning', says: 'is off' },
    });
  });

  test('that is not there has failed', async () => {
    const plan = await cli.run(['plan', '--stage', 'none'], moto.environment);
    const stderr = `there is no stack sls-machine-groups-none in ${moto.environment.AWS_REGION}: check --stage and --region\n`;
    expect(plan).toMatchObject({ code: 3, stderr });
    const apply = await cli.run(['apply', '--stage', 'none'], moto.environment);
    expect(apply).toMatchObject({ code: 3, stderr });
  });
});
