// The gateway's IAM check for serverless-offline, which has none, as hapi has its authentication.
import { isSigned, type KeyPair, type Scope } from './iam.ts';
import { allows, RESOURCES } from './policies.ts';

/** Stands for any caller who may `execute-api:Invoke`; good for nothing else. */
export const CALLER: KeyPair = {
  accessKeyId: 'test-caller-key-id',
  secretAccessKey: 'not-a-real-caller-secret',
};
export const SCOPE: Scope = { key: CALLER, region: 'eu-central-1', service: 'execute-api' };

/** Callers with a policy of docs/security.md each, by its `Sid`. */
const RESTRICTED: ReadonlyMap<string, KeyPair> = new Map(
  [...RESOURCES.keys()].map((sid) => [
    sid,
    { accessKeyId: `test-${sid.toLowerCase()}-key-id`, secretAccessKey: `not-a-real-${sid}-secret` },
  ]),
);

/** Scope of a caller who has one policy of docs/security.md. */
export function scopeOf(sid: string): Scope {
  const key = RESTRICTED.get(sid);
  if (!key) throw new Error(`docs/security.md has no policy ${sid}`);
  return { ...SCOPE, key };
}

/** As the gateway passes it on, for functions to name who asks. */
export const arnOf = ({ accessKeyId }: KeyPair): string =>
  `arn:aws:iam::123456789012:user/${accessKeyId.replace(/-key-id$/, '')}`;

/** By this header serverless-offline takes what an authorizer has found out. Nobody else may set it. */
const FOUND_OUT = 'sls-offline-authorizer-override';

/** What is used here of a hapi request. */
interface Request {
  readonly method: string;
  readonly payload: unknown;
  readonly raw: { readonly req: { readonly url?: string; rawHeaders: string[] } };
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

export const ANYBODY: Scheme = {
  authenticate(request, h) {
    tell(request, undefined);
    return h.authenticated({ credentials: {} });
  },
};

export const SIGNED: Scheme = {
  authenticate(request, h) {
    tell(request, undefined);
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

/** Signed by a caller whose policy, where there is one, lets the request through. */
function isGood(request: Request, body: Uint8Array): boolean {
  const { method, raw } = request;
  const { url: target = '', rawHeaders } = raw.req;
  const isBy = (key: KeyPair) =>
    isSigned({ method, target, rawHeaders, body }, { ...SCOPE, key }, Date.now());
  const [path = ''] = target.split('?');
  const restricted = [...RESTRICTED].find(
    ([sid, key]) => isBy(key) && allows(RESOURCES.get(sid) ?? [], method, path),
  );
  const caller = isBy(CALLER) ? CALLER : restricted?.[1];
  tell(request, caller && arnOf(caller));
  return caller !== undefined;
}

/** What the function is told of who asks, in place of what the request says of it. */
function tell({ raw: { req } }: Request, userArn: string | undefined): void {
  const kept = req.rawHeaders.filter(
    (_, index, all) => all[index - (index % 2)]?.toLowerCase() !== FOUND_OUT,
  );
  if (userArn !== undefined) kept.push(FOUND_OUT, JSON.stringify({ iam: { userArn } }));
  req.rawHeaders = kept;
}

/** As API Gateway refuses, whatever is wrong. */
const forbidden = (h: Toolkit) => h.response({ message: 'Forbidden' }).code(403).takeover();
