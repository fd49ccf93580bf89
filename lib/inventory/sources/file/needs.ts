// What the source needs in AWS: actions, by the parameter of the deployment that grants them.

export const NEEDS = {
  inventoryObjects: ['s3:GetObject'],
  /** Of objects that are encrypted with a key of one's own. */
  inventoryKeys: ['kms:Decrypt'],
};
