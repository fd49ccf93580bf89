// What the source needs in AWS: actions, by the parameter of the deployment that grants them.

/** Of a `secretId`; the deployment's own AccessKey is read anyway. */
export const NEEDS = {
  inventorySecrets: ['secretsmanager:GetSecretValue'],
  /** Of secrets that are encrypted with a key of one's own. */
  inventoryKeys: ['kms:Decrypt'],
};
