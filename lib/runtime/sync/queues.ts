// The SDK of SQS, loaded by the first run that needs a queue, and one client for all of them.

let opened: Promise<Queues> | undefined;
type Queues = ReturnType<typeof import('../../aws/sqs.ts')['openSqs']>;

export function queues(): Promise<Queues> {
  opened ??= import('../../aws/sqs.ts').then(({ openSqs }) => openSqs());
  return opened;
}
