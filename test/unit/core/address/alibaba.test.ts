// Where calls to Alibaba Cloud may go, and what a secret has to be bound to before it signs them.
import { describe, expect, test } from 'vitest';
import {
  ALIBABA_ORIGIN,
  ALIBABA_REGION,
  type AlibabaService,
  alibabaEndpoint,
  isDocumented,
  keyOrigins,
} from '../../../../lib/core/address/alibaba.ts';
import { endpointText, parseEndpoint } from '../../../../lib/core/address/endpoint.ts';

const REGIONS = [
  'cn-hangzhou',
  'cn-hongkong',
  'ap-southeast-1',
  'cn-north-2-gov-1',
  'cn-heyuan-acdr-1',
  'eu-central-1',
];

test.each(REGIONS)('%s is a region', (region) => expect(region).toMatch(ALIBABA_REGION.pattern));
test.each(['oss-cn-hangzhou', 'log', 'cn', 'cn-', 'cn-hangzhou.evil', 'CN-hangzhou', 'cn-hangzhou/', ''])(
  '%j is none',
  (region) => expect(region).not.toMatch(ALIBABA_REGION.pattern),
);

test.each<[AlibabaService, string, 'public' | 'vpc', string]>([
  ['ecs', 'cn-hangzhou', 'public', 'https://ecs.cn-hangzhou.aliyuncs.com'],
  ['ecs', 'cn-hangzhou', 'vpc', 'https://ecs-vpc.cn-hangzhou.aliyuncs.com'],
  ['ess', 'cn-hangzhou', 'public', 'https://ess.aliyuncs.com'],
  ['ess', 'eu-central-1', 'public', 'https://ess.eu-central-1.aliyuncs.com'],
  ['ess', 'cn-hangzhou', 'vpc', 'https://ess-vpc.cn-hangzhou.aliyuncs.com'],
  ['sts', 'cn-hangzhou', 'public', 'https://sts.cn-hangzhou.aliyuncs.com'],
])('%s of %s, %s, is at %s', (service, region, network, expected) => {
  const endpoint = alibabaEndpoint({ network }, service, region);
  expect(endpointText(endpoint)).toBe(expected);
  expect(isDocumented(service, endpoint)).toBe(true);
});

describe('documented', () => {
  test.each([
    'ecs.aliyuncs.com',
    'https://ecs.cn-hangzhou.aliyuncs.com:443/',
    'ecs-vpc.cn-hangzhou.aliyuncs.com',
  ])('is %s', (text) => expect(isDocumented('ecs', parseEndpoint(text))).toBe(true));
  test.each([
    'http://ecs.aliyuncs.com',
    'ecs.aliyuncs.com:8443',
    'ess.aliyuncs.com',
    'ecs-vpc.aliyuncs.com',
    // A bucket of that name, which is anybody's.
    'ecs.oss-cn-hangzhou.aliyuncs.com',
    'ecs.cn-hangzhou.logs.aliyuncs.com',
    'ecs.cn-hangzhou.aliyuncs.com.attacker.example',
    'attacker-ecs.cn-hangzhou.aliyuncs.com',
    'ecs.cn-hangzhou.attacker-aliyuncs.com',
    'ecsXaliyuncs.com'.toLowerCase(),
    '127.0.0.1',
  ])('is not %s', (text) => expect(isDocumented('ecs', parseEndpoint(text))).toBe(false));
});

test('a secret is bound to one origin for all documented endpoints, and to each other one', () => {
  const network = 'public';
  expect(keyOrigins({ network }, ['ecs', 'ess', 'sts'])).toEqual([ALIBABA_ORIGIN]);
  const endpoints = {
    ecs: 'https://ecs.internal.example/',
    ess: 'ess.cn-beijing.aliyuncs.com',
    sts: 'http://sts:8080',
  };
  expect(keyOrigins({ network, endpoints }, ['ecs', 'ess', 'sts'])).toEqual([
    'https://ecs.internal.example',
    ALIBABA_ORIGIN,
    'http://sts:8080',
  ]);
  expect(keyOrigins({ network, endpoints }, ['ecs'])).toEqual(['https://ecs.internal.example']);
});
