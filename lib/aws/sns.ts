// One notice to an SNS topic. The only file that knows its SDK.
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type AwsClientOptions, clientConfig } from './client-options.ts';

/** Longest subject (Publish page). */
const SUBJECT_MAX = 100;

export async function publish(
  topicArn: string,
  subject: string,
  message: string,
  options: AwsClientOptions = {},
): Promise<void> {
  const client = new SNSClient(clientConfig(options));
  try {
    await client.send(
      new PublishCommand({ TopicArn: topicArn, Subject: subject.slice(0, SUBJECT_MAX), Message: message }),
    );
  } finally {
    client.destroy();
  }
}
