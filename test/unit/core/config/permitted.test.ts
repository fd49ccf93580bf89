// What a configuration may ask of its deployment, by the path of what it may not.
import { expect, test } from 'vitest';
import { InvalidSyncConfig, parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { checkPermitted } from '../../../../lib/core/config/permitted.ts';
import { groupDocument } from '../values.ts';

const endpoints = new Set(['https://cn-hangzhou.log.aliyuncs.com', 'http://sls.internal.example:8080']);

/** A configuration of so many groups, as it is parsed. */
const configOf = (...changes: object[]) =>
  parseSyncConfig({
    owner: 'test-owner',
    policy: 'sync',
    groups: changes.map((change, index) => groupDocument({ name: `group-${index}`, ...change })),
  });

function problems(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidSyncConfig);
    return (error as InvalidSyncConfig).problems;
  }
}

test.each([
  'cn-hangzhou.log.aliyuncs.com',
  'https://cn-hangzhou.log.aliyuncs.com',
  'https://cn-hangzhou.log.aliyuncs.com:443/',
  'http://sls.internal.example:8080/',
])('an endpoint of the deployment in another spelling is permitted: %s', (endpoint) => {
  const config = configOf({}, { endpoint });
  expect(checkPermitted(config, { endpoints, local: false })).toBe(config);
});

test.each([
  'attacker.example',
  'http://cn-hangzhou.log.aliyuncs.com',
  'https://cn-hangzhou.log.aliyuncs.com:80',
  'cn-hangzhou.log.aliyuncs.com:8443',
  'cn-hangzhou.log.aliyuncs.com.attacker.example',
  'cn-shanghai.log.aliyuncs.com',
  'https://sls.internal.example:8080',
  'http://sls.internal.example',
  'localhost:8080',
  '169.254.169.254',
])('any other is refused by its path, and not repeated: %s', (endpoint) => {
  const [line = '', ...others] = problems(() =>
    checkPermitted(configOf({}, {}, { endpoint }), { endpoints, local: false }),
  );
  expect(others).toEqual([]);
  expect(line).toMatch(/^groups\[2\]\.endpoint: is not an endpoint of this deployment/);
  expect(line).not.toContain(endpoint);
});

test('a group of another project than the deployment serves is refused by its path', () => {
  const config = configOf({ project: 'one-project' }, { project: 'other-project' });
  const projects = new Set(['one-project']);
  expect(problems(() => checkPermitted(config, { projects, local: true }))).toEqual([
    'groups[1].project: is not a project that this deployment serves: name one that the deployer lists in slsProjects (SLS_PROJECTS)',
  ]);
  expect(checkPermitted(config, { local: false })).toBe(config);
});

test('a function that makes no call to SLS has no endpoints to judge by', () => {
  const config = configOf({ endpoint: 'attacker.example' });
  expect(checkPermitted(config, { local: false })).toBe(config);
});

const FILE = { type: 'file', url: 'file:///etc/passwd' };
const OBJECT = { type: 'file', url: 's3://inventory/machines' };

test('file:// is refused by its path, s3:// is not', () => {
  const config = configOf({ sources: [OBJECT] }, { sources: [OBJECT, FILE] });
  expect(problems(() => checkPermitted(config, { endpoints, local: false }))).toEqual([
    'groups[1].sources[1].url: is file://, which only the local run reads: use s3://bucket/key',
  ]);
  expect(checkPermitted(config, { endpoints, local: true })).toBe(config);
});

test('loopback is for the local run: in Lambda the runtime API answers there', () => {
  const url = 'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next';
  const source = { type: 'http', url, format: 'list', allowHttp: true, allowLoopback: true };
  const named = { ...source, url: 'https://netbox.example.com' };
  const config = configOf({ sources: [source] }, { sources: [OBJECT, named] });
  expect(problems(() => checkPermitted(config, { endpoints, local: false }))).toEqual([
    'groups[0].sources[0].allowLoopback: is for the local run alone: in a deployed function no inventory is there',
    'groups[1].sources[1].allowLoopback: is for the local run alone: in a deployed function no inventory is there',
  ]);
  expect(checkPermitted(config, { endpoints, local: true })).toBe(config);
});

test('everything is named at once, in a few lines', () => {
  const endpoint = 'attacker.example';
  const both = configOf({ endpoint, sources: [FILE] });
  expect(problems(() => checkPermitted(both, { endpoints, local: false }))).toHaveLength(2);
  const many = configOf(...Array.from({ length: 100 }, () => ({ endpoint })));
  const lines = problems(() => checkPermitted(many, { endpoints, local: false }));
  expect(lines).toHaveLength(26);
  expect(lines.at(-1)).toBe('and 75 more');
});

test.each([
  [{}, []],
  [
    { ecs: 'ecs-vpc.cn-hangzhou.aliyuncs.com', ess: 'https://ess.aliyuncs.com/', sts: 'sts.aliyuncs.com' },
    [],
  ],
  [{ ecs: 'http://ecs.internal.example:8080', sts: 'ecs.internal.example:443/' }, []],
  [
    { ecs: 'http://ecs.aliyuncs.com', ess: 'ecs.aliyuncs.com', sts: 'http://ecs.internal.example' },
    ['ecs', 'ess', 'sts'],
  ],
  [{ ess: 'ess.oss-cn-hangzhou.aliyuncs.com' }, ['ess']],
  [{ sts: 'attacker.example' }, ['sts']],
])('endpoints of an ECS source: of %j not permitted are %j', (named, refused) => {
  const config = configOf({
    sources: [{ type: 'alibaba-ecs', regions: ['cn-hangzhou'], all: true, endpoints: named }],
  });
  const inventoryEndpoints = new Set(['http://ecs.internal.example:8080', 'https://ecs.internal.example']);
  for (const local of [false, true]) {
    const found = problems(() => checkPermitted(config, { inventoryEndpoints, local }));
    expect(found.map((line) => line.slice(0, line.indexOf(':')))).toEqual(
      refused.map((service) => `groups[0].sources[0].endpoints.${service}`),
    );
  }
});
