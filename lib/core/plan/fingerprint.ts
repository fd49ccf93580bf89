// The fingerprint of a set of removals: what a person who has seen them approves. It names the set, and changes with it.

import { setDigest, sha256 } from '../text/digest.ts';

/** 128 bits: short enough to paste, too long to meet by chance. */
const LENGTH = 32;

export const FINGERPRINT = /^[0-9a-f]{32}$/;

/** Names a set of removals of a group, whatever their order. */
export function removalsFingerprint(group: string, removals: readonly string[]): string {
  return sha256(JSON.stringify(['removals/1', group, setDigest(removals)])).slice(0, LENGTH);
}
