// The gateway's IAM check for serverless-offline, which has none, as hapi has its authentication.
import { isSigned, type KeyPair, type Scope } from './iam.ts';

/** Stands for any caller who may `execute-api:Invoke`; good for nothing else. */
export const CALLER: KeyPair = {
  accessKeyId: 'test-caller-key-id',
  secretAccessKey: 'not-a-real-caller-secret',
};
export const SCOPE: Scope = { key: CALLER, region: 'eu-central-1', service: 'execute-api' };

/** What is used here of a hapi request. */
interface Request {
  readonly method: string;
  readonly payload: unknown;
  readonly raw: { readonly req: { readonly url?: string; readonly rawHeaders: readonly string[] } };
}

interface Response {
  code(status: number): Response;
  takeover(): Response;
}

interface Toolkit {
  readonly continue: symbol;
  response(body: object): Response;
  authenticated(data: { credentials: object }): unknown;
}

/** A hapi authentication scheme: `authenticate` runs before the body is read, `payload` after it. */
export interface Scheme {
  authenticate(request: Request, h: Toolkit): unknown;
  payload?(request: Request, h: Toolkit): unknown;
  readonly options?: { readonly payload: true };
}

export const ANYBODY: Scheme = { authenticate: (_, h) => h.authenticated({ credentials: {} }) };

export const SIGNED: Scheme = {
  authenticate(request, h) {
    if (isWithoutBody(request) && !isGood(request, new Uint8Array())) return forbidden(h);
    return h.authenticated({ credentials: {} });
  },
  payload(request, h) {
    const body = Buffer.isBuffer(request.payload) ? request.payload : new Uint8Array();
    return isGood(request, body) ? h.continue : forbidden(h);
  },
  // No route may leave the second part out.
  options: { payload: true },
};

/** Requests whose body hapi does not read, so that `payload` is not asked about them. */
const isWithoutBody = ({ method }: Request) => method === 'get' || method === 'head';

function isGood({ method, raw: { req } }: Request, body: Uint8Array): boolean {
  const { url: target = '', rawHeaders } = req;
  return isSigned({ method, target, rawHeaders, body }, SCOPE, Date.now());
}

/** As API Gateway refuses, whatever is wrong. */
const forbidden = (h: Toolkit) => h.response({ message: 'Forbidden' }).code(403).takeover();
