// A bucket and a queue for the history, in moto, and what is in them.
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readKey } from '../../lib/core/history/key.ts';
import { readRecord } from '../../lib/core/history/read.ts';
import type { HistoryRecord } from '../../lib/core/history/record.ts';
import { unzipped } from '../../lib/runtime/history/objects.ts';
import type { Moto } from '../support/moto.ts';

export const BUCKET = 'history-of-tests';

export class History implements Disposable {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly environment: Record<string, string>;

  private constructor(moto: Moto) {
    this.s3 = new S3Client({ ...moto.client, forcePathStyle: true });
    this.sqs = new SQSClient(moto.client);
    this.environment = {
      HISTORY_BUCKET: BUCKET,
      AWS_ENDPOINT_URL_S3: moto.url,
      AWS_ENDPOINT_URL_SQS: moto.url,
    };
  }

  /** With all that was there before gone. */
  static async start(moto: Moto): Promise<History> {
    await moto.reset();
    const history = new History(moto);
    await history.makeBucket(BUCKET);
    const { QueueUrl = '' } = await history.sqs.send(new CreateQueueCommand({ QueueName: 'history' }));
    history.environment.HISTORY_QUEUE_URL = QueueUrl;
    return history;
  }

  async makeBucket(name: string): Promise<void> {
    const LocationConstraint = 'eu-central-1' as const;
    await this.s3.send(
      new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint } }),
    );
  }

  /** Every object as text, by its name: the latest first. */
  async texts(bucket = BUCKET): Promise<ReadonlyMap<string, string>> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    const texts = new Map<string, string>();
    for (const { Key = '' } of Contents) {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      texts.set(Key, unzipped((await Body?.transformToByteArray()) ?? new Uint8Array(), 1_000_000));
    }
    return texts;
  }

  /** Every record, the latest first. @throws Error for an object that is none, or whose name is wrong */
  async records(bucket = BUCKET): Promise<HistoryRecord[]> {
    return [...(await this.texts(bucket))].map(([key, text]) => {
      const record = readRecord(text);
      if (!record || readKey(key)?.run !== record.run) throw new Error(`no record: ${key} ${text}`);
      return record;
    });
  }

  /** An event of all that waits in the queue, as Lambda hands it over. */
  async waiting(): Promise<{ readonly Records: { messageId: string; body: string }[] }> {
    const Records: { messageId: string; body: string }[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.environment.HISTORY_QUEUE_URL,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 600,
        }),
      );
      if (Messages.length === 0) return { Records };
      Records.push(
        ...Messages.map(({ MessageId = '', Body = '' }) => ({ messageId: MessageId, body: Body })),
      );
    }
  }

  [Symbol.dispose](): void {
    this.s3.destroy();
    this.sqs.destroy();
  }
}
