// What a file source reads, as a key: sources with the same one are served by one reading.

import { canonicalJson } from '../../../core/text/digest.ts';
import type { FileSource } from './settings.ts';

/** What makes a document, and not what of it is the group's. */
export function documentKeys({ url, maxBytes, region, bucketOwner }: FileSource): readonly string[] {
  return [canonicalJson(['file', url, maxBytes, region, bucketOwner])];
}
