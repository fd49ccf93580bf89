// A digest of a set of texts that does not depend on their order. Sorting a million members costs more time
// than the rest of their planning; this is one pass over them.

/**
 * The number of texts and the sum of a 64-bit hash of each, as three numbers. Sets that differ by chance have
 * different digests (FNV-1a with murmur3's finisher, twice); it is no defence against someone who makes up
 * members in order to collide.
 */
export function setDigest(texts: Iterable<string>): readonly [count: number, low: number, high: number] {
  let count = 0;
  let low = 0;
  let high = 0;
  for (const text of texts) {
    let one = 0x811c9dc5;
    let other = text.length ^ 0x5bd1e995;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      one = Math.imul(one ^ unit, 0x01000193);
      other = Math.imul(other ^ unit, 0x5bd1e995) + (other >>> 15);
    }
    count += 1;
    low = (low + finish(one)) >>> 0;
    high = (high + finish(other)) >>> 0;
  }
  return [count, low, high];
}

/** Spreads every bit of the hash over all of it, so that sums of similar texts differ. */
function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
