// A local AWS Secrets Manager that knows one action, GetSecretValue, in the AWS JSON 1.1 protocol, so that the
// real SDK client runs against it. A request has to be signed; the signature itself is not verified.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { reset } from './answer.ts';
import { type DelayFault, FaultBook, type Faults, type HoldFault, type ResetFault } from './faults.ts';
import { answerFault, HOST, listen, readBody, sitOut } from './loopback.ts';
import { AwsError, nameOf, type Query, SecretStore } from './secret-store.ts';

/** An error of Secrets Manager, such as `{ status: 400, type: 'AccessDeniedException' }`. */
export interface SecretsErrorFault {
  readonly kind: 'error';
  readonly status: number;
  readonly type: string;
  readonly message?: string;
}

export type SecretsFault = {
  /** Name of the secret it happens to; any by default. */
  readonly secret?: string;
  readonly times?: number;
  readonly skip?: number;
} & (SecretsErrorFault | DelayFault | HoldFault | ResetFault);

export interface SecretsServerOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Values by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

export interface SecretsServer {
  readonly port: number;
  readonly url: string;
  /** How many requests came, refused ones included. */
  readonly requests: number;
  readonly faults: Faults<SecretsFault>;
  /** Makes a new current version; the one before stays readable as AWSPREVIOUS. */
  put(name: string, value: string): void;
  remove(name: string): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @throws the listening error, such as EADDRINUSE for a taken port */
export async function startSecretsServer(options: SecretsServerOptions): Promise<SecretsServer> {
  const store = new SecretStore(options.clock ?? Date.now);
  for (const [name, value] of Object.entries(options.secrets)) store.put(name, value);
  const faults = new FaultBook<SecretsFault, string>(
    ({ secret }, name) => secret === undefined || secret === name,
  );
  let requests = 0;
  const server = await listen(options.port ?? 0, async (request, response, closing) => {
    requests += 1;
    await exchange(request, response, closing, store, faults);
  });
  return {
    port: server.port,
    url: `http://${HOST}:${server.port}`,
    get requests() {
      return requests;
    },
    faults,
    put: (name, value) => store.put(name, value),
    remove: (name) => store.remove(name),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
  store: SecretStore,
  faults: FaultBook<SecretsFault, string>,
): Promise<void> {
  const { body } = await readBody(request, 65_536);
  try {
    const region = signedRegion(request);
    const query = readQuery(request, body);
    const met = faults.take(nameOf(query.SecretId));
    const fault = answerFault(met);
    await sitOut(met, 'before', closing);
    await sitOut(met, 'after', closing);
    if (fault?.kind === 'reset') return reset(response);
    if (fault) throw new AwsError(fault.type, fault.message ?? '', fault.status);
    send(response, 200, store.read(query, region));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    send(response, error.status, { __type: error.type, Message: error.message }, error.type);
  }
}

function send(response: ServerResponse, status: number, value: object, errorType?: string): void {
  if (response.destroyed) return;
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
    date: new Date().toUTCString(),
    ...(errorType !== undefined && { 'x-amzn-errortype': errorType }),
  });
  response.end(body);
}

/** The region in the scope of a SigV4 `Authorization` header. @throws AwsError where there is none */
function signedRegion({ headers }: IncomingMessage): string {
  const scope =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([^/]+)\/secretsmanager\/aws4_request, ?SignedHeaders=[^,]+, ?Signature=[0-9a-f]{64}$/;
  if (!headers.authorization)
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const region = scope.exec(headers.authorization)?.[1];
  if (!region)
    throw new AwsError('IncompleteSignatureException', 'Authorization header has not the form of SigV4');
  return region;
}

function readQuery({ method, url, headers }: IncomingMessage, body: Buffer): Query {
  if (method !== 'POST' || url !== '/' || headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
    throw new AwsError('UnknownOperationException', '');
  }
  if (headers['content-type'] !== 'application/x-amz-json-1.1') {
    throw new AwsError('SerializationException', 'content-type is not application/x-amz-json-1.1');
  }
  let query: unknown;
  try {
    query = JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'the body is not JSON');
  }
  const { SecretId } = Object(query) as Partial<Query>;
  if (typeof SecretId !== 'string' || SecretId === '') {
    throw new AwsError('ValidationException', "Value at 'secretId' failed to satisfy constraint: not null");
  }
  return query as Query;
}
