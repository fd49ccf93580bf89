// What the plugin of osls makes of a function's name and its line in `custom.may`. What comes of serverless.yml as
// a whole is in serverless.test.ts.
import { describe, expect, test } from 'vitest';
import { complete, type FunctionParts, type Permissions } from '../../lib/build/roles.ts';

const READ = { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: 'arn:aws:ssm:::parameter/test' };
const SEND = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:::test' };
const TRACE = { Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: '*' };

const made = (
  functions: Readonly<Record<string, FunctionParts>>,
  may: Permissions['may'],
  allMay: Permissions['allMay'] = [],
) =>
  complete(
    functions,
    { may, allMay },
    { logGroupOf: (name) => `${name}-log`, lambdaOf: (name) => `${name}-id` },
  );

test('a function gets its handler, its zip and a role that may what its line says', () => {
  expect(made({ 'sync-one': {} }, { 'sync-one': [READ, [SEND, READ]] }, [TRACE])).toEqual({
    functions: {
      'sync-one': {
        handler: '.build/sync-one/index.handler',
        package: { patterns: ['.build/sync-one/**'] },
        role: 'SyncOneRole',
      },
    },
    outputs: {
      SyncOneFunction: { Description: 'Name of the function sync-one.', Value: { Ref: 'sync-one-id' } },
    },
    roles: {
      SyncOneRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          },
          Policies: [
            {
              PolicyName: 'sync-one',
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                    Resource: { 'Fn::GetAtt': ['sync-one-log', 'Arn'] },
                  },
                  READ,
                  SEND,
                  READ,
                  TRACE,
                ],
              },
            },
          ],
        },
      },
    },
  });
});

test('each function has a role of its own, with nothing of another', () => {
  const { roles } = made({ a: {}, b: {} }, { a: [READ], b: [] });
  expect(Object.keys(roles)).toEqual(['ARole', 'BRole']);
  expect(JSON.stringify(roles.ARole)).toContain(READ.Action);
  expect(JSON.stringify(roles.BRole)).not.toContain(READ.Action);
});

test('what is given by hand stays', () => {
  const byHand = { handler: 'x.handler', package: { patterns: ['x'] }, role: 'arn:aws:iam::1:role/x' };
  expect(made({ a: byHand }, {})).toMatchObject({ functions: { a: {} }, roles: {} });
  const { functions, roles } = made({ a: { handler: 'x.handler' } }, { a: [] });
  expect(Object.keys(functions.a ?? {})).toEqual(['package', 'role']);
  expect(Object.keys(roles)).toEqual(['ARole']);
});

describe('refuses', () => {
  const noList = (name: string) =>
    `custom.may.${name} must be a list of what function ${name} may do; [] for nothing`;
  const noFunction = (name: string) =>
    `custom.may.${name} belongs to no function, or to one that has a role of its own`;
  test.each<[string, Record<string, FunctionParts>, object, string]>([
    ['a function without a line', { a: {}, b: {} }, { a: [] }, noList('b')],
    ['a line without a list', { a: {} }, { a: null }, noList('a')],
    ['a line with a lone statement', { a: {} }, { a: READ }, noList('a')],
    ['a line without a function', { a: {} }, { a: [], b: [READ] }, noFunction('b')],
    ['a line beside a role by hand', { a: { role: 'MyRole' } }, { a: [READ] }, noFunction('a')],
  ])('%s', (_what, functions, may, message) => {
    expect(() => made(functions, may as Permissions['may'])).toThrow(message);
  });
});
