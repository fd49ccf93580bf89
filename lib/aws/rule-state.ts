// Whether a rule of EventBridge is on. The only file that knows its SDK.
import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

/** @throws {ReadError} */
export async function isRuleOn(name: string, options: AwsClientOptions = {}): Promise<boolean> {
  const client = new EventBridgeClient(clientConfig(options));
  try {
    const { State } = await client.send(new DescribeRuleCommand({ Name: name }));
    return State === 'ENABLED';
  } catch (cause) {
    throw readErrorOf(`DescribeRule ${name}`, cause);
  } finally {
    client.destroy();
  }
}
