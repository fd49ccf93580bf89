// The calls that the source makes: service, version of its API, and what RAM has to allow for each. The committed policy
// is made from here. Sources: API reference and RAM pages of ECS, Auto Scaling and STS.

import type { AlibabaService } from '../../../core/address/alibaba.ts';

export interface ApiCall {
  readonly service: AlibabaService;
  readonly version: string;
  readonly ramAction: string;
  readonly ramResource: string;
}

export const CALLS = {
  DescribeInstances: {
    service: 'ecs',
    version: '2014-05-26',
    ramAction: 'ecs:DescribeInstances',
    ramResource: 'acs:ecs:*:*:instance/*',
  },
  /** Auto Scaling knows no resources in RAM. */
  DescribeScalingInstances: {
    service: 'ess',
    version: '2014-08-28',
    ramAction: 'ess:DescribeScalingInstances',
    ramResource: '*',
  },
  /** One name for the role in every account, rather than every role there is. */
  AssumeRole: {
    service: 'sts',
    version: '2015-04-01',
    ramAction: 'sts:AssumeRole',
    ramResource: 'acs:ram:*:*:role/sls-machine-groups-inventory',
  },
} as const satisfies Readonly<Record<string, ApiCall>>;

export type CallName = keyof typeof CALLS;
