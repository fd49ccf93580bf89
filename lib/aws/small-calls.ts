// Two calls to AWS as the one request that each of them is. The clients of S3 and SQS would make every function that writes
// groups several times as large, for calls that are made after the work is done. What is read is read by the client of S3.

import { signed } from './sigv4.ts';

/** A call that AWS refused. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  /** Whether another try may do. */
  readonly passing: boolean;
  /** @param code as AWS names the fault, or the status of the answer */
  constructor(doing: string, code: string, status: number) {
    super(`${doing}: ${code}`);
    // 409: somebody else puts the same object at this moment.
    this.passing = status === 409 || status === 429 || status >= 500;
  }
}

export interface Bucket {
  readonly bucket: string;
  readonly region: string;
  /** For a stand-in of the service; AWS where absent. */
  readonly endpoint?: string | undefined;
}

/**
 * Puts an object where there is none of this key.
 * @param key of characters that no URL escapes
 * @returns whether it was put: false where there is one already
 * @throws CallFailed; what `fetch` throws where there is no answer
 */
export async function putNew(
  { bucket, region, endpoint }: Bucket,
  key: string,
  body: Uint8Array,
  timeoutMs: number,
): Promise<boolean> {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const base = endpoint === undefined ? `https://${bucket}.s3.${region}.${suffix}` : `${endpoint}/${bucket}`;
  const headers = { 'content-type': 'application/gzip', 'if-none-match': '*' };
  const answer = await call('PUT', `${base}/${key}`, headers, body, 's3', region, timeoutMs);
  if (answer.status === 412) return false;
  if (answer.ok) return true;
  throw new CallFailed(
    `PutObject ${bucket}`,
    /<Code>(\w{1,64})</.exec(answer.text)?.[1] ?? `${answer.status}`,
    answer.status,
  );
}

/** @param queueUrl as SQS gives it @throws CallFailed; what `fetch` throws where there is no answer */
export async function sendMessage(
  queueUrl: string,
  region: string,
  text: string,
  timeoutMs: number,
): Promise<void> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };
  const body = JSON.stringify({ QueueUrl: queueUrl, MessageBody: text });
  const answer = await call('POST', new URL('/', queueUrl).href, headers, body, 'sqs', region, timeoutMs);
  if (answer.ok) return;
  const code = /"__type":"(?:[\w.]{1,64}#)?(\w{1,64})"/.exec(answer.text)?.[1];
  throw new CallFailed('SendMessage', code ?? `${answer.status}`, answer.status);
}

async function call(
  method: string,
  href: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
  service: string,
  region: string,
  timeoutMs: number,
) {
  const answer = await fetch(href, {
    method,
    headers: await signed({ method, url: new URL(href), headers, body }, service, region),
    body: body as string | Uint8Array<ArrayBuffer>,
    redirect: 'manual',
    signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
  });
  return { status: answer.status, ok: answer.ok, text: (await answer.text()).slice(0, 4_096) };
}
