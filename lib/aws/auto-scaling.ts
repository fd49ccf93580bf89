// EC2 Auto Scaling, as far as the inventory needs it. The only file that knows its SDK.

import {
  AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  type DescribeAutoScalingInstancesCommandInput,
  type DescribeAutoScalingInstancesCommandOutput,
} from '@aws-sdk/client-auto-scaling';
import { defined } from '../core/text/defined.ts';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

export function openAutoScaling(options: AwsClientOptions) {
  const client = new AutoScalingClient(clientConfig(options));
  return {
    /** One page. @throws {ReadError} */
    describeAutoScalingInstances: (
      input: DescribeAutoScalingInstancesCommandInput,
      abortSignal?: AbortSignal,
    ): Promise<DescribeAutoScalingInstancesCommandOutput> =>
      client.send(new DescribeAutoScalingInstancesCommand(input), defined({ abortSignal })).catch((cause) => {
        throw readErrorOf(`DescribeAutoScalingInstances in ${options.region ?? 'the default region'}`, cause);
      }),
    close: () => client.destroy(),
  };
}
