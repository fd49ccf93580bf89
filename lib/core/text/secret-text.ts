// What the text of a secret holds. It is written by people and consoles: with a byte order mark before it, or as a
// JSON object of keys and values.

import { readJson } from './json.ts';

/** Without the mark that some editors put before a text. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

export type SecretReading =
  | { readonly ok: true; readonly value: string }
  /** `says` what is wrong and quotes nothing of the secret. */
  | { readonly ok: false; readonly says: string };

/**
 * The one value of a secret: the text itself, or what stands under a key of its object. An object is never a value:
 * other secrets may stand in it.
 * @param secretKey undefined where the text itself is meant
 */
export function secretValue(secretText: string, secretKey?: string): SecretReading {
  const text = withoutMark(secretText).trim();
  const isObject = text.startsWith('{');
  if (secretKey === undefined) {
    return isObject
      ? refused('the secret is a JSON object: name the key of its value with secretKey')
      : { ok: true, value: text };
  }
  if (!isObject) return refused('the secret is not a JSON object, so secretKey has nothing to name');
  const reading = readJson(text);
  // What is wrong with it names fields, which may be secrets in the wrong place.
  if (!reading.ok) return refused('the secret begins like a JSON object but is not one');
  const fields = reading.value as Readonly<Record<string, unknown>>;
  const value = Object.hasOwn(fields, secretKey) ? fields[secretKey] : undefined;
  return typeof value === 'string'
    ? { ok: true, value: value.trim() }
    : refused('the secret has no text under its secretKey');
}

function refused(says: string): SecretReading {
  return { ok: false, says };
}
