// A topic that keeps what it is sent: as much of SNS as a notice needs.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { type LoopbackServer, openLoopback } from '../../support/loopback.ts';

export const TOPIC_ARN = 'arn:aws:sns:eu-central-1:123456789012:notices';

export interface Topic extends LoopbackServer {
  /** The latest last. */
  readonly notices: { readonly subject: string; readonly message: string }[];
}

export async function openTopic(): Promise<Topic> {
  const notices: Topic['notices'] = [];
  const server = await openLoopback(
    createServer(async (request, response) => {
      const asked = new URLSearchParams(await text(request));
      const isTaken = asked.get('Action') === 'Publish' && asked.get('TopicArn') === TOPIC_ARN;
      if (isTaken) notices.push({ subject: asked.get('Subject') ?? '', message: asked.get('Message') ?? '' });
      const answer =
        '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
      response.writeHead(isTaken ? 200 : 400, { 'content-type': 'text/xml' }).end(isTaken ? answer : '');
    }),
  );
  return Object.assign(server, { notices });
}
