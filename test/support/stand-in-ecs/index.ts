// A stand-in of ECS, Auto Scaling and STS of Alibaba Cloud on one port of loopback. It verifies signatures, answers as the
// API reference has it, and fails as a test says.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type LoopbackServer, openLoopback } from '../loopback.ts';
import { ACTIONS, type Asked, type Cloud, type Reply, refuse } from './actions.ts';
import { SignatureCheck } from './signature.ts';

export { refuse } from './actions.ts';
export { type ShownInstance, shownInstance } from './instance.ts';

export const ACCOUNT = '1111111111111111';
export const ECS_KEY = { accessKeyId: 'test-ecs-key-id', accessKeySecret: 'not-a-real-ecs-secret' };

/** What a test does to a call: another reply, an answer that breaks off, or undefined to let it be. */
export type Meddle = (asked: Asked, count: number) => Reply | 'cut' | undefined;

export interface EcsStandIn extends AsyncDisposable {
  readonly origin: string;
  readonly cloud: Cloud;
  /** Every call whose signature was right, in the order of arrival. */
  readonly asked: readonly Asked[];
  /** Codes of what was refused for its signature. */
  readonly refused: readonly string[];
  meddle: Meddle;
}

/** @param clock milliseconds since the epoch, as the service has it */
export async function startEcs(clock: () => number = Date.now): Promise<EcsStandIn> {
  const cloud: Cloud = {
    keys: new Map([[ECS_KEY.accessKeyId, { secret: ECS_KEY.accessKeySecret, account: ACCOUNT }]]),
    instances: new Map(),
    scaling: new Map(),
    roles: new Map(),
    denied: new Set(),
    changes: 0,
  };
  const check = new SignatureCheck(cloud.keys, clock);
  const asked: Asked[] = [];
  const refused: string[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const send = ({ status, body: reply, headers }: Reply): void => {
      const date = new Date(clock()).toUTCString();
      response.writeHead(status, { 'content-type': 'application/json;charset=utf-8', date, ...headers });
      response.end(JSON.stringify(reply));
    };
    const verdict = check.verify(request, body);
    if ('code' in verdict) {
      refused.push(verdict.code);
      return send(refuse(verdict.code.startsWith('InvalidAccessKeyId') ? 404 : 400, verdict.code));
    }
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const call: Asked = {
      action: String(request.headers['x-acs-action']),
      version: String(request.headers['x-acs-version']),
      account: verdict.account,
      query: Object.fromEntries([...url.searchParams, ...new URLSearchParams(body.toString())]),
    };
    asked.push(call);
    const count = asked.filter(({ action }) => action === call.action).length;
    const meddled = standIn.meddle(call, count);
    if (meddled === 'cut') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"Instances":{"Instance":[');
      return void setImmediate(() => response.destroy());
    }
    const action = ACTIONS[`${call.version} ${call.action}`];
    send(meddled ?? (action === undefined ? refuse(404, 'InvalidAction.NotFound') : action(cloud, call)));
  }

  const server: LoopbackServer = await openLoopback(createServer((...exchange) => void serve(...exchange)));
  const standIn: EcsStandIn = {
    origin: `http://${server.address}`,
    cloud,
    asked,
    refused,
    meddle: () => undefined,
    [Symbol.asyncDispose]: () => server.close(),
  };
  return standIn;
}
