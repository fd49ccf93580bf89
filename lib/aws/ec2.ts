// EC2, as far as the inventory needs it. The only file that knows its SDK.

import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  type DescribeInstancesCommandOutput,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { defined } from '../core/text/defined.ts';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

export function openEc2(options: AwsClientOptions) {
  const client = new EC2Client(clientConfig(options));
  return {
    /** One page. @throws {ReadError} */
    describeInstances: (
      input: DescribeInstancesCommandInput,
      abortSignal?: AbortSignal,
    ): Promise<DescribeInstancesCommandOutput> =>
      client.send(new DescribeInstancesCommand(input), defined({ abortSignal })).catch((cause) => {
        throw readErrorOf(`DescribeInstances${where(options)}`, cause);
      }),
    close: () => client.destroy(),
  };
}

function where({ region }: AwsClientOptions): string {
  return region === undefined ? '' : ` in ${region}`;
}
