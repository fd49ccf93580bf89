// What a stack says of itself: its outputs, and the rules in it. The only file that knows the SDK of CloudFormation.
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

/** Outputs by their names. @throws {ReadError} */
export async function stackOutputs(
  stack: string,
  options: AwsClientOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const client = new CloudFormationClient(clientConfig(options));
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const outputs = Stacks[0]?.Outputs ?? [];
    return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (cause) {
    throw readErrorOf(`DescribeStacks ${stack}`, cause);
  } finally {
    client.destroy();
  }
}

/** Physical ids of resources of a type, by their logical ids. @throws {ReadError} */
export async function stackResources(
  stack: string,
  type: string,
  options: AwsClientOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const client = new CloudFormationClient(clientConfig(options));
  try {
    const { StackResources = [] } = await client.send(
      new DescribeStackResourcesCommand({ StackName: stack }),
    );
    const found = StackResources.filter(({ ResourceType }) => ResourceType === type);
    return new Map(
      found.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    );
  } catch (cause) {
    throw readErrorOf(`DescribeStackResources ${stack}`, cause);
  } finally {
    client.destroy();
  }
}
