// What the source needs in AWS.

export const NEEDS = {};
