// What an http source reads, as a key: sources with the same one are served by one reading.

import { canonicalJson, sha256 } from '../../../core/text/digest.ts';
import type { HttpSource } from './settings.ts';

/** Digest of what makes the answers, and not of what the group takes of them: a URL may hold a token. */
export function documentKeys({
  url,
  format,
  header,
  timeoutMs,
  maxBytes,
  allowHttp,
  allowLoopback,
}: HttpSource): readonly string[] {
  const asked = [url, format, header, timeoutMs, maxBytes, allowHttp, allowLoopback];
  return [`http ${sha256(canonicalJson(asked))}`];
}
