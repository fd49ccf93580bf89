// Requests made by hand, so that one thing about them can be wrong. Signed by the official signers: V1 by
// @alicloud/log, V1 with SHA-256 and V4 by @alicloud/gateway-sls; nothing of this project signs here.
import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import { DEFAULT_KEY, type SignatureForm, type StandIn, type StandInKey } from './index.ts';
import { DEFAULT_PROJECT } from './options.ts';

type Headers = Record<string, string>;

export interface HandMade {
  readonly method?: string;
  /** As they are signed, and sent percent-encoded unless `target` says what to send. */
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly target?: string;
  /** JSON value, or the bytes themselves. */
  readonly body?: object | string | Buffer | undefined;
  readonly form?: SignatureForm;
  readonly key?: StandInKey;
  readonly date?: Date;
  readonly region?: string;
  readonly project?: string;
  readonly host?: string;
  /** Signed: added to, put over, or with undefined taken from the usual headers. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The same after signing. */
  readonly unsigned?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The answer as JSON, undefined where it is none. */
  readonly json: unknown;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** Time of every hand-made request, and of the stand-ins they are sent to. */
export const NOW = Date.UTC(2026, 0, 15, 12, 30, 45);

export const PROJECT = DEFAULT_PROJECT;

export const GROUP = {
  groupName: 'test-group',
  groupType: '',
  machineIdentifyType: 'ip',
  groupAttribute: { groupTopic: 'testtopic', externalName: 'testgroup' },
  machineList: ['10.0.0.1', '10.0.0.2'],
};

/** Sends a request that is right in everything that `made` does not change. */
export async function send(standIn: Pick<StandIn, 'port' | 'endpoint'>, made: HandMade): Promise<Reply> {
  const { method = 'GET', path = '/machinegroups', query = {} } = made;
  const body = bytes(made.body);
  const headers = await signedHeaders(standIn, made, body);
  const search = Object.entries(query).map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`);
  const target = made.target ?? `${encodeURI(path)}${search.length > 0 ? `?${search.join('&')}` : ''}`;
  return exchange(standIn.port, method, target, headers, body, made.signal);
}

/** Sends exactly this. */
export function exchange(
  port: number,
  method: string,
  path: string,
  headers: Headers,
  body: Buffer,
  signal?: AbortSignal,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      headers,
      setHost: false,
      ...(signal && { signal }),
    };
    const outgoing = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const json = tryJson(text);
        const { errorCode, errorMessage } = Object(json) as { errorCode?: string; errorMessage?: string };
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json,
          code: errorCode,
          message: errorMessage,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function signedHeaders(
  { port, endpoint }: Pick<StandIn, 'port' | 'endpoint'>,
  made: HandMade,
  body: Buffer,
): Promise<Headers> {
  const { form = 'v1', key = DEFAULT_KEY, date = new Date(NOW) } = made;
  const hasBody = body.length > 0;
  const usual = {
    host: made.host ?? `${made.project ?? PROJECT}.${endpoint}:${port}`,
    'x-log-apiversion': '0.6.0',
    'x-log-bodyrawsize': String(body.length),
    'content-length': String(body.length),
    'content-type': hasBody ? 'application/json' : undefined,
    'x-acs-security-token': key.securityToken,
    ...(form === 'v4'
      ? {
          'x-log-date': basicIso(date),
          'x-log-content-sha256': createHash('sha256').update(body).digest('hex'),
        }
      : {
          date: date.toUTCString(),
          'content-md5': hasBody ? createHash('md5').update(body).digest('hex').toUpperCase() : undefined,
          'x-log-signaturemethod': form === 'v1' ? 'hmac-sha1' : 'hmac-sha256',
        }),
  };
  const headers = present({ ...usual, ...made.headers });
  const authorization = await authorizationOf(made, form, key, headers);
  return present({ ...headers, authorization, ...made.unsigned });
}

async function authorizationOf(
  { method = 'GET', path = '/machinegroups', query = {}, region = 'cn-hangzhou' }: HandMade,
  form: SignatureForm,
  key: StandInKey,
  headers: Headers,
): Promise<string> {
  const { accessKeyId: id, accessKeySecret: secret } = key;
  switch (form) {
    case 'v1':
      return v1Signer._sign(method, path, query, headers, key);
    case 'v1-sha256':
      return gatewaySigner.getAuthorization(path, method, query, headers, id, secret);
    case 'v4': {
      const context = {
        request: { pathname: path, method, query, headers },
        configuration: { regionId: region },
      };
      const { 'x-log-date': date = '', 'x-log-content-sha256': hash = '' } = headers;
      return gatewaySigner.getAuthorizationV4(context, date, hash, id, secret);
    }
  }
}

export function basicIso(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function bytes(body: HandMade['body']): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function present(headers: Readonly<Record<string, string | undefined>>): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Both packages are CommonJS without usable types for these methods; `require` gives them one form everywhere.
interface V1Signer {
  _sign(verb: string, path: string, query: Headers, headers: Headers, key: StandInKey): string;
}

interface GatewaySigner {
  getAuthorization(
    path: string,
    verb: string,
    query: Headers,
    headers: Headers,
    id: string,
    secret: string,
  ): Promise<string>;
  getAuthorizationV4(
    context: object,
    date: string,
    hash: string,
    id: string,
    secret: string,
  ): Promise<string>;
}

const require = createRequire(import.meta.url);
const Log = require('@alicloud/log') as new (options: object) => V1Signer;
const Gateway = (require('@alicloud/gateway-sls') as { default: new () => GatewaySigner }).default;
const v1Signer = new Log({ ...DEFAULT_KEY, endpoint: 'cn-hangzhou.log.aliyuncs.com' });
const gatewaySigner = new Gateway();
