// What a request has to pass before its operation is looked at: headers, time, key and signature.
import { createHash } from 'node:crypto';
import type { Settings, StandInKey } from './options.ts';
import { refusals } from './refusal.ts';
import { checkTimeV1, checkTimeV4, signedDateV1 } from './request-time.ts';
import { signatureV1, stringToSignV1, V1_DIGESTS } from './signature-v1.ts';
import {
  canonicalRequestV4,
  parseAuthorizationV4,
  signatureV4,
  signingKeyV4,
  stringToSignV4,
  V4_SCHEME,
} from './signature-v4.ts';
import type { WireRequest } from './wire.ts';

export type SignatureForm = 'v1' | 'v1-sha256' | 'v4';

export type Keys = ReadonlyMap<string, StandInKey>;

/** The project in `{project}.{endpoint}`, '' where the host has not that form; a port is not part of it. */
export function projectOfHost({ headers }: WireRequest, settings: Settings): string {
  const name = (headers.get('host') ?? '').toLowerCase().replace(/:\d+$/, '');
  for (const endpoint of [settings.endpoint, ...settings.otherEndpoints]) {
    const project = name.endsWith(`.${endpoint}`) ? name.slice(0, -endpoint.length - 1) : '';
    if (/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(project)) return project;
  }
  return '';
}

/** Which form of signature a request claims to have; undefined where it has none that is known. */
export function signatureForm({ headers }: WireRequest): SignatureForm | undefined {
  const authorization = headers.get('authorization') ?? '';
  if (authorization.startsWith(`${V4_SCHEME} `)) return 'v4';
  if (!authorization.startsWith('LOG ')) return undefined;
  return headers.get('x-log-signaturemethod') === 'hmac-sha256' ? 'v1-sha256' : 'v1';
}

/** @throws Refusal for the first thing that is wrong, in the order in which a gateway can know it */
export function checkRequest(request: WireRequest, keys: Keys, settings: Settings, serverNow: number): void {
  checkCommonHeaders(request, settings);
  if (!request.headers.get('authorization')) throw refusals.missingHeader('authorization');
  if (signatureForm(request) === 'v4') checkV4(request, keys, settings, serverNow);
  else checkV1(request, keys, settings, serverNow);
  checkBody(request);
}

function checkCommonHeaders({ headers }: WireRequest, settings: Settings): void {
  const version = headers.get('x-log-apiversion');
  if (!version) throw refusals.missingApiVersion();
  if (version !== '0.6.0') throw refusals.invalidApiVersion(version);
  if (settings.requireBodyRawSize && !headers.get('x-log-bodyrawsize')) {
    throw refusals.missingHeader('x-log-bodyrawsize');
  }
}

function checkV1(request: WireRequest, keys: Keys, settings: Settings, serverNow: number): void {
  if (!settings.allowV1) throw refusals.signatureVersion();
  const authorization = request.headers.get('authorization') ?? '';
  const [, id, signature] = /^LOG ([^:]*):(\S+)$/.exec(authorization) ?? [];
  if (id === undefined || signature === undefined) {
    throw refusals.invalidHeader('authorization', authorization);
  }
  const method = request.headers.get('x-log-signaturemethod');
  if (!method) throw refusals.missingHeader('x-log-signaturemethod');
  const digest = V1_DIGESTS[method];
  if (!digest) throw refusals.invalidHeader('x-log-signaturemethod', method);
  const date = signedDateV1(request);
  checkTimeV1(request, serverNow);
  const key = findKey(id, request, keys, settings, serverNow);
  const expected = signatureV1(key.accessKeySecret, stringToSignV1(request, date), digest);
  if (signature !== expected) throw refusals.signatureNotMatch(signature);
}

function checkV4(request: WireRequest, keys: Keys, settings: Settings, serverNow: number): void {
  const authorization = request.headers.get('authorization') ?? '';
  const credential = parseAuthorizationV4(authorization);
  if (!credential) throw refusals.invalidHeader('authorization', authorization);
  if (!request.headers.get('x-log-content-sha256')) throw refusals.missingHeader('x-log-content-sha256');
  const dateTime = checkTimeV4(request, serverNow);
  if (credential.date !== dateTime.slice(0, 8)) throw refusals.signingDate();
  if (credential.region !== settings.region) throw refusals.signingRegion();
  const key = findKey(credential.accessKeyId, request, keys, settings, serverNow);
  const text = stringToSignV4(canonicalRequestV4(request), dateTime, credential.region);
  const expected = signatureV4(signingKeyV4(key.accessKeySecret, credential.date, credential.region), text);
  if (credential.signature !== expected) throw refusals.signatureNotMatch(credential.signature);
}

function findKey(
  id: string,
  { headers }: WireRequest,
  keys: Keys,
  settings: Settings,
  serverNow: number,
): StandInKey {
  const key = keys.get(id);
  if (!key)
    throw settings.unknownKeyCode === 'Unauthorized' ? refusals.keyNotFound(id) : refusals.keyInvalid(id);
  if (key.disabled) throw refusals.keyDisabled(id);
  if ((headers.get('x-acs-security-token') ?? '') !== (key.securityToken ?? ''))
    throw refusals.tokenInvalid();
  if (key.expiresAt !== undefined && serverNow >= key.expiresAt) {
    throw refusals.tokenExpired(settings.tokenExpiredCode);
  }
  return key;
}

/**
 * The headers that describe the body have to be true. No source names a code for a Content-MD5 that is signed
 * but is not that of the body; it is refused as a header whose value is invalid, like the others here.
 */
function checkBody({ headers, body }: WireRequest): void {
  const md5 = headers.get('content-md5');
  if (md5 && md5 !== createHash('md5').update(body).digest('hex').toUpperCase()) {
    throw refusals.invalidHeader('content-md5', md5);
  }
  const compression = headers.get('x-log-compresstype');
  if (compression) throw refusals.invalidHeader('x-log-compresstype', compression);
  checkRawSize(headers.get('x-log-bodyrawsize'), body.length);
  if (body.length === 0) return;
  const type = headers.get('content-type');
  if (!type) throw refusals.missingContentType();
  if (!/^application\/json(?:\s*;|$)/i.test(type)) throw refusals.invalidContentType(type);
}

/** A published sample sends 0 with a body of 187 bytes, so 0 is always fair. */
function checkRawSize(value: string | undefined, bytes: number): void {
  if (value && value !== '0' && value !== String(bytes)) {
    throw refusals.invalidHeader('x-log-bodyrawsize', value);
  }
}
