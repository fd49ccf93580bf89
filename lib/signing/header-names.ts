// Header names that take part in signing. They stand here once, for the signer and for the client.
export const HEADER = {
  apiVersion: 'x-log-apiversion',
  bodyRawSize: 'x-log-bodyrawsize',
  contentSha256: 'x-log-content-sha256',
  date: 'x-log-date',
  requestId: 'x-log-requestid',
  securityToken: 'x-acs-security-token',
  signatureMethod: 'x-log-signaturemethod',
} as const;
