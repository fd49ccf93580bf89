// The one place where a request to SLS gets its signature. No I/O and no clock; what is remembered is in latest.ts.
// The stages of each signature are in v1.ts and v4.ts, in the order in which they build on each other. Requests to other
// services of Alibaba Cloud are signed by acs3.ts, which stands apart: functions without an inventory do without it.
import { lowerCaseHeaders, singleLine } from './canonical.ts';
import { HEADER } from './header-names.ts';
import type { Headers, SignableRequest, SigningCredentials, SigningOptions } from './types.ts';
import * as v1 from './v1.ts';
import * as v4 from './v4.ts';

export { HEADER } from './header-names.ts';
export type { Headers, SignableRequest, SigningCredentials, SigningOptions } from './types.ts';
export { v1, v4 };

/**
 * Signs a request and returns every header to send, names in lower case: those given, those the signature
 * needs that were absent, `x-acs-security-token` for temporary credentials, and `authorization`.
 * A given `date`, `x-log-date`, `content-md5` or `x-log-content-sha256` is used as it is.
 * @throws TypeError for a header with a line break, for a header given twice, and for V4 without a region.
 */
export function sign(
  request: SignableRequest,
  credentials: SigningCredentials,
  options: SigningOptions,
): Headers {
  const headers = lowerCaseHeaders(request.headers ?? {});
  singleLine(credentials.accessKeyId);
  if (credentials.securityToken) headers[HEADER.securityToken] ??= singleLine(credentials.securityToken);
  headers.authorization =
    options.version === 'v4'
      ? signV4(request, headers, credentials, options)
      : signV1(request, headers, credentials, options);
  return headers;
}

function signV1(
  request: SignableRequest,
  headers: Headers,
  credentials: SigningCredentials,
  options: SigningOptions,
): string {
  v1.completeHeaders(headers, request.body, options.date);
  return v1.authorization(request, headers, credentials);
}

function signV4(
  request: SignableRequest,
  headers: Headers,
  credentials: SigningCredentials,
  options: SigningOptions,
): string {
  if (!options.region) throw new TypeError('signature V4 needs a region, such as cn-hangzhou');
  v4.completeHeaders(headers, request.body, options.date);
  return v4.authorization(request, headers, credentials, singleLine(options.region));
}
