// The topic that people have subscribed to. The SDK of SNS is loaded by the first run that has something to tell.
import type { SyncEnvironment } from '../environment.ts';
import type { Publish } from './tell.ts';

/** Undefined where there is no topic. */
export function publishing({ topicArn }: Pick<SyncEnvironment, 'topicArn'>): Publish | undefined {
  if (topicArn === undefined) return undefined;
  return async ({ subject, message }) => {
    const { publish } = await import('../../aws/sns.ts');
    await publish(topicArn, subject, message);
  };
}
