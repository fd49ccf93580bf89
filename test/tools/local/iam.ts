// AWS Signature Version 4 as API Gateway checks it, for the local run. The algorithm is that of the IAM User Guide,
// "Create a signed AWS API request"; a test holds it to the vectors that AWS published and to the signer of its SDK.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Who a signature has to be by, and for what. */
export interface Scope {
  readonly key: KeyPair;
  readonly region: string;
  readonly service: string;
}

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, escaped as they came. */
  readonly target: string;
  /** Names and values in turn, each header in its place. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
}

/** How far a request's time may be from ours, either way. */
const SKEW_MS = 5 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/, ]+)\/(\d{8})\/([^/, ]+)\/([^/, ]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/** Whether the request carries a signature in its headers, by the key, for the service, of now and of all of it. */
export function isSigned(request: ReceivedRequest, { key, region, service }: Scope, nowMs: number): boolean {
  const headers = canonicalHeaders(request.rawHeaders);
  const [, id, day, ofRegion, ofService, names = '', signature = ''] =
    AUTHORIZATION.exec(headers.get('authorization') ?? '') ?? [];
  if (id !== key.accessKeyId || ofRegion !== region || ofService !== service) return false;

  const time = headers.get('x-amz-date') ?? '';
  const isOfDay = /^\d{8}T\d{6}Z$/.test(time) && time.slice(0, 8) === day;
  if (!isOfDay || !(Math.abs(timeOf(time) - nowMs) <= SKEW_MS)) return false;

  const signed = names.split(';');
  const isSorted = signed.every((name, index) => index === 0 || name > (signed[index - 1] as string));
  const required = ['host', ...[...headers.keys()].filter((name) => name.startsWith('x-amz-'))];
  if (!isSorted || !required.every((name) => signed.includes(name))) return false;
  if (!signed.every((name) => headers.has(name))) return false;

  const [path = '', query = ''] = split(request.target, '?');
  const canonical = [
    request.method.toUpperCase(),
    // Once more than on the wire: only S3 leaves out the second time.
    path.split('/').map(encoded).join('/'),
    canonicalQuery(query),
    ...signed.map((name) => `${name}:${headers.get(name)}`),
    '',
    names,
    sha256(request.body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const signingKey = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${key.secretAccessKey}`,
  );
  return timingSafeEqual(hmac(signingKey, toSign), Buffer.from(signature, 'hex'));
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** Names in lower case, blanks in values as one, values of a name that comes twice joined. */
function canonicalHeaders(raw: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    const value = (raw[index + 1] as string).trim().replace(/ +/g, ' ');
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter(Boolean);
  const all = pairs.map((pair) => split(pair, '=').map((text) => encoded(decoded(text))));
  return all
    .sort(([a = '', x = ''], [b = '', y = '']) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

/** RFC 3986: all but the unreserved characters. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What cannot be decoded stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Milliseconds since the epoch of `20150830T123600Z`. */
function timeOf(time: string): number {
  return Date.parse(time.replace(/(....)(..)(..T..)(..)(..)/, '$1-$2-$3:$4:$5'));
}
