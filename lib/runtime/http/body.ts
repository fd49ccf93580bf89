// The JSON body of a request: type, size and syntax, in the order in which a sender can fix them.
import { quoted } from '../../core/text/issues.ts';
import { readJson } from '../../core/text/json.ts';
import { BODY_MAX_BYTES } from '../../sls/limits.ts';
import { ProblemError } from './errors.ts';
import type { HttpInvocation } from './invocation.ts';

/** What a request may say its body is. */
export const JSON_TYPES = ['application/json'];
/** RFC 7396 has a type of its own; clients that only know JSON are understood too. */
export const MERGE_PATCH_TYPES = ['application/merge-patch+json', ...JSON_TYPES];

/** Parameters may be empty (RFC 9110, 5.6.6), and `utf8` is a name of UTF-8 too (Encoding Standard). */
const MEDIA_TYPE = /^\s*([^\s;]+)\s*(?:;\s*(?:charset\s*=\s*(?:utf-?8|"utf-?8")\s*)?)*$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws ProblemError 400 `PostBodyInvalid`, 413 `PostBodyTooLarge`, 415 `InvalidContentType`. */
export function jsonBody({ body, bodyIsBroken, headers }: HttpInvocation, types = JSON_TYPES): unknown {
  if (body.length > BODY_MAX_BYTES) {
    throw new ProblemError(413, 'PostBodyTooLarge', `the body must not exceed ${BODY_MAX_BYTES} bytes.`);
  }
  if (bodyIsBroken) throw notJson('it is not Base64, as the event says it is');
  if (body.length === 0) throw notJson('it is empty');
  const type = headers['content-type'];
  if (!type || !types.includes(MEDIA_TYPE.exec(type)?.[1]?.toLowerCase() ?? '')) {
    const given = type ? `Content-Type ${shown(type)} is unsupported` : 'Content-Type is missing';
    throw new ProblemError(415, 'InvalidContentType', `${given}; send ${types.join(' or ')}.`);
  }
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw notJson('it is not UTF-8');
  }
  const reading = readJson(text);
  if (!reading.ok) throw notJson(`it ${reading.says}`);
  return reading.value;
}

/** It goes to the log and back to the sender, whatever it is. */
function shown(type: string): string {
  return /^[\w.+/-]{1,64}$/.test(type) ? type : quoted(type);
}

function notJson(why: string): ProblemError {
  return new ProblemError(400, 'PostBodyInvalid', `the body is not a valid JSON object: ${why}.`);
}
