// The stand-in of ECS under an official client: what it says yes and no to is what that client makes of the wire.
import * as openapiCore from '@alicloud/openapi-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACCOUNT, ECS_KEY, type EcsStandIn, shownInstance, startEcs } from './index.ts';

interface Client {
  callApi(
    params: object,
    request: object,
    runtime: object,
  ): Promise<{ readonly body: Record<string, unknown> }>;
}
const core = openapiCore as unknown as {
  readonly default: { readonly default?: new (config: object) => Client } & (new (config: object) => Client);
  readonly $OpenApiUtil: Readonly<
    Record<'Config' | 'Params' | 'OpenApiRequest', new (fields: object) => object>
  >;
};
const OfficialClient = core.default.default ?? core.default;

let ecs: EcsStandIn;
beforeEach(async () => {
  ecs = await startEcs();
});
afterEach(() => ecs[Symbol.asyncDispose]());

/** A call as the generated clients of the services make it. */
function call(
  [action, version]: readonly [string, string],
  query: Readonly<Record<string, string>>,
  key: object = ECS_KEY,
  reqBodyType = 'formData',
) {
  const { Config, Params, OpenApiRequest } = core.$OpenApiUtil;
  const client = new OfficialClient(
    new Config({ ...key, endpoint: ecs.origin.replace('http://', ''), protocol: 'http' }),
  );
  const params = {
    action,
    version,
    protocol: 'HTTP',
    pathname: '/',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    reqBodyType,
    bodyType: 'json',
  };
  return client.callApi(new Params(params), new OpenApiRequest({ query }), {});
}

const INSTANCES = ['DescribeInstances', '2014-05-26'] as const;
const RegionId = 'cn-hangzhou';

test('instances come in pages, by tags, and signed by each of its requests', async () => {
  const tags = { role: 'wé b*!', empty: '' };
  ecs.cloud.instances.set(
    `${ACCOUNT} ${RegionId}`,
    Array.from({ length: 120 }, (_, number) => shownInstance(number, number < 115 ? { tags } : {})),
  );
  const query = { RegionId, MaxResults: '100', 'Tag.1.Key': 'role', 'Tag.1.Value': 'wé b*!' };
  const first = await call(INSTANCES, query);
  const second = await call(INSTANCES, { ...query, NextToken: String(first.body.NextToken) });
  const sizes = [first, second].map(
    ({ body }) => (body.Instances as { Instance: unknown[] }).Instance.length,
  );
  expect(sizes).toEqual([100, 15]);
  expect(second.body.NextToken).toBe('');
  expect(ecs.refused).toEqual([]);
});

test('a dry run and a denied one are told apart by their codes, a denied reading is empty', async () => {
  await expect(call(INSTANCES, { RegionId, DryRun: 'true' })).rejects.toMatchObject({
    code: 'DryRunOperation',
  });
  ecs.cloud.instances.set(`${ACCOUNT} ${RegionId}`, [shownInstance(1)]);
  ecs.cloud.denied.add(`${ACCOUNT} DescribeInstances`);
  await expect(call(INSTANCES, { RegionId, DryRun: 'true' })).rejects.toMatchObject({
    code: 'Forbidden.RAM',
  });
  expect((await call(INSTANCES, { RegionId })).body.Instances).toEqual({ Instance: [] });
});

test('a role is assumed, and its key reads the other account', async () => {
  const RoleArn = 'acs:ram::2222222222222222:role/inventory';
  ecs.cloud.roles.set(RoleArn, { account: '2222222222222222', externalId: 'sls-1' });
  ecs.cloud.instances.set(`2222222222222222 ${RegionId}`, [shownInstance(7)]);
  const asked = { RoleArn, RoleSessionName: 'test', ExternalId: 'sls-1' };
  const { body } = await call(['AssumeRole', '2015-04-01'], asked);
  const { AccessKeyId, AccessKeySecret, SecurityToken } = body.Credentials as Record<string, string>;
  const key = {
    accessKeyId: AccessKeyId,
    accessKeySecret: AccessKeySecret,
    securityToken: SecurityToken,
    type: 'sts',
  };
  const read = await call(INSTANCES, { RegionId }, key);
  expect((read.body.Instances as { Instance: unknown[] }).Instance).toHaveLength(1);
});

test('throttling reaches the client as what it is, and a wrong secret is refused', async () => {
  ecs.meddle = () => ({
    status: 400,
    body: { Code: 'Throttling.User', Message: 'm' },
    headers: { 'x-acs-retry-after': '7' },
  });
  await expect(call(INSTANCES, { RegionId })).rejects.toMatchObject({
    name: 'ThrottlingError',
    retryAfter: 7,
  });
  ecs.meddle = () => undefined;
  const wrong = { ...ECS_KEY, accessKeySecret: 'another' };
  await expect(call(INSTANCES, { RegionId }, wrong)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  expect(ecs.refused).toEqual(['SignatureDoesNotMatch']);
});
