// Signature V3 of Alibaba Cloud's OpenAPI, `ACS3-HMAC-SHA256`, in stages from the inside out. ECS, Auto Scaling and STS
// take it. There is no derived key, date or region in it.
// Source: Alibaba Cloud "V3 request body and signature mechanism" page, with its vector; the signer of @alicloud/openapi-core.
import {
  hasBody,
  hasLineBreak,
  headerLines,
  lowerCaseHeaders,
  sha256Hex,
  singleLine,
  sortedKeys,
} from './canonical.ts';
import { type HmacKey, hmac, hmacKey } from './hmac.ts';
import { keyFor, signedNames } from './latest.ts';
import type { Headers, SignableRequest, SigningCredentials } from './types.ts';
import { EMPTY_SHA256, percentEncode } from './v4.ts';

const ALGORITHM = 'ACS3-HMAC-SHA256';

const HEADER = {
  contentSha256: 'x-acs-content-sha256',
  date: 'x-acs-date',
  nonce: 'x-acs-signature-nonce',
  securityToken: 'x-acs-security-token',
} as const;

export interface SigningOptions {
  /** The moment to sign for, already corrected for the server's clock. The service takes it for 15 minutes. */
  readonly date: Date;
  /** Text that no other request has, a repeat of this one neither: the service refuses it a second time. */
  readonly nonce: string;
}

/** Keys and values percent-encoded, sorted by key; an empty value keeps its `=`. It is the query of the URL as well. */
export function canonicalQuery(query?: Readonly<Record<string, string>>): string {
  let text = '';
  let separator = '';
  for (const key of query ? sortedKeys(query) : []) {
    text += `${separator}${percentEncode(key)}=${percentEncode(query?.[key] as string)}`;
    separator = '&';
  }
  return text;
}

function isSigned(name: string): boolean {
  return name.startsWith('x-acs-') || name === 'host' || name === 'content-type';
}

/** Names that are signed, sorted: `host`, `content-type` where there is one, and `x-acs-*`. */
export function signedHeaderNames(headers: Headers): readonly string[] {
  return signedNames(headers, isSigned).sorted;
}

export function canonicalHeaders(headers: Headers): string {
  return headerLines(headers, signedNames(headers, isSigned));
}

export function canonicalRequest({ method, path, query }: SignableRequest, headers: Headers): string {
  const names = signedNames(headers, isSigned);
  const uri = path.length > 1 ? path.split('/').map(percentEncode).join('/') : '/';
  const head = `${method.toUpperCase()}\n${uri}\n${canonicalQuery(query)}\n`;
  return `${head}${headerLines(headers, names)}\n${names.list}\n${headers[HEADER.contentSha256]}`;
}

export function stringToSign(canonical: string): string {
  return `${ALGORITHM}\n${sha256Hex(canonical)}`;
}

export function signature(accessKeySecret: string, text: string): string {
  return hmac(keyOf(accessKeySecret), text, 'hex');
}

function keyOf(accessKeySecret: string): HmacKey {
  return hmacKey('sha256', accessKeySecret);
}

/** `2023-10-26T10:22:32Z` */
function dateText(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/**
 * Signs a request and returns every header to send, names in lower case: those given, `x-acs-date`,
 * `x-acs-signature-nonce`, `x-acs-content-sha256`, `x-acs-security-token` for temporary credentials, and `authorization`.
 * Those of them that are given are used as they are.
 * @throws TypeError for a header, a key or a nonce with a line break, and for a header given twice.
 */
export function sign(
  request: SignableRequest,
  credentials: SigningCredentials,
  { date, nonce }: SigningOptions,
): Headers {
  const { accessKeySecret, securityToken } = credentials;
  const accessKeyId = singleLine(credentials.accessKeyId);
  if (hasLineBreak(nonce)) throw new TypeError('nonce contains a line break');
  const headers = lowerCaseHeaders(request.headers ?? {});
  headers[HEADER.date] ??= dateText(date);
  headers[HEADER.nonce] ??= nonce;
  headers[HEADER.contentSha256] ??= hasBody(request.body) ? sha256Hex(request.body) : EMPTY_SHA256;
  if (securityToken) headers[HEADER.securityToken] ??= singleLine(securityToken);
  const key = keyFor(accessKeySecret, 'acs3', () => keyOf(accessKeySecret));
  const signed = hmac(key, stringToSign(canonicalRequest(request, headers)), 'hex');
  const { list } = signedNames(headers, isSigned);
  headers.authorization = `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${list},Signature=${signed}`;
  return headers;
}
