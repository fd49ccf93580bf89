// What the service refuses with: status, code and message of each error, in the words of the "Common error
// codes" page (2026) and the operation pages. Where the service itself was observed, its wording stands.

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const refusals = {
  invalidHost: (host: string) => new Refusal(400, 'InvalidHost', `Host header ${host} is invalid.`),
  missingHeader: (name: string) =>
    new Refusal(400, 'MissingParameter', `Missing http extend header key : ${name}.`),
  missingQuery: (name: string) => new Refusal(400, 'MissingParameter', `Missing query key : ${name}.`),
  invalidHeader: (name: string, value: string) =>
    new Refusal(400, 'ParameterInvalid', `Http extend ${name} : ${value} pair is invalid.`),
  invalidQuery: (name: string, value: string) =>
    new Refusal(400, 'ParameterInvalid', `Query ${name} : ${value} pair is invalid.`),
  /** The only codes published for this header are those of the 2021 list. */
  missingApiVersion: () =>
    new Refusal(400, 'MissingAPIVersion', 'x-log-apiversion does not exist in http header.'),
  invalidApiVersion: (version: string) =>
    new Refusal(400, 'InvalidAPIVersion', `x-log-apiversion ${version} is unsupported.`),
  missingContentType: () =>
    new Refusal(
      400,
      'MissingContentType',
      'Content-Type does not exist in http header when body is not empty.',
    ),
  invalidContentType: (type: string) =>
    new Refusal(400, 'InvalidContentType', `Content-Type ${type} is unsupported.`),
  /** V1 only in the 2026 list; V4 dates are held to their own format with the same code. */
  invalidRequestTime: (time: string) =>
    new Refusal(400, 'InvalidRequestTime', `Request time ${time} not follow RFC822 spec.`),
  requestTimeExpired: (time: string, serverTime: string) =>
    new Refusal(
      400,
      'RequestTimeExpired',
      `Request time ${time} has been expired while server time is ${serverTime}.`,
    ),
  signingRegion: () => new Refusal(400, 'ParameterInvalid', 'The signing region in credential is invalid'),
  signingDate: () => new Refusal(400, 'ParameterInvalid', 'The signing date in credential is invalid'),
  signatureVersion: () =>
    new Refusal(400, 'SignatureVersionNotSupported', 'signature version is not supported, use v4'),
  signatureNotMatch: (signature: string) =>
    new Refusal(401, 'SignatureNotMatch', `signature ${signature} not match`),
  keyNotFound: (id: string) => new Refusal(401, 'Unauthorized', `AccessKeyId not found: ${id}`),
  keyInvalid: (id: string) =>
    new Refusal(401, 'InvalidAccessKeyId', `The access key id you provided is invalid: ${id}.`),
  keyDisabled: (id: string) => new Refusal(401, 'Unauthorized', `AccessKeyId is disabled: ${id}`),
  tokenInvalid: () => new Refusal(401, 'Unauthorized', 'The security token you provided is invalid.'),
  tokenExpired: (code: string) => new Refusal(401, code, 'The security token you provided has expired.'),
  projectMissing: (project: string) =>
    new Refusal(404, 'ProjectNotExist', `The Project does not exist : ${project}`),
  configMissing: (config: string) => new Refusal(404, 'ConfigNotExist', `Config ${config} not exist`),
  invalidMethod: (target: string) => new Refusal(405, 'InvalidMethod', `Invalid request method : ${target}`),
  bodyInvalid: () => new Refusal(400, 'PostBodyInvalid', 'The request body is not valid JSON object.'),
  bodyTooLarge: (bytes: number, limit: number) =>
    new Refusal(413, 'PostBodyTooLarge', `Body size ${bytes} must little than ${limit}.`),
  groupJson: () => new Refusal(400, 'InvalidParameter', 'invalid group resource json'),
  machinesJson: () => new Refusal(400, 'InvalidParameter', 'invalid machine list json'),
  tooManyCalls: () =>
    new Refusal(403, 'MetaOperationQpsLimitExceeded', 'Qps limit for the meta operation is exceeded.'),
  /** No source tells the code at the ceiling; a quota code of the older lists stands in for it. */
  groupQuota: (quota: number) =>
    new Refusal(403, 'ProjectQuotaExceed', `machine group count exceeds the quota ${quota}`),
} as const;

/** `MachineGroup` is what the service sends today; `Group` is what older pages print. */
export type ErrorFamily = 'MachineGroup' | 'Group';

export function groupMissing(family: ErrorFamily, group: string): Refusal {
  return family === 'Group'
    ? new Refusal(404, 'GroupNotExist', `group ${group} does not exist.`)
    : new Refusal(404, 'MachineGroupNotExist', `MachineGroup ${group} not exist`);
}

export function groupExists(family: ErrorFamily, group: string): Refusal {
  return family === 'Group'
    ? new Refusal(400, 'GroupAlreadyExist', `group ${group} already exists.`)
    : new Refusal(400, 'MachineGroupAlreadyExist', `MachineGroup ${group} already exist`);
}
