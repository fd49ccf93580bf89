// Takes secrets out of text that came from a service they were sent to: error messages quote requests, and some
// quote them encoded.

/** What stands in place of a secret. */
const HIDDEN = '***';
/** Secrets of fewer characters are looked for as they are only: their encoded forms would meet anything. */
const LEAST_ENCODED = 8;

/**
 * The text without the secrets as they are, in JSON, in a URL, in hexadecimal and in Base64, whatever the case:
 * hosts and media types are lower-cased on their way. @param secrets visible ASCII
 */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  return secrets.flatMap(formsOf).reduce(without, text);
}

/** Whether the text holds one of the forms that `redact` takes out. */
export function reveals(text: string, secret: string): boolean {
  const folded = text.toLowerCase();
  return formsOf(secret).some((form) => folded.includes(form.toLowerCase()));
}

function formsOf(secret: string | undefined): string[] {
  if (!secret) return [];
  if (secret.length < LEAST_ENCODED) return [secret];
  const bytes = Array.from(secret, (sign) => sign.charCodeAt(0) & 0xff);
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  const base64 = [0, 1, 2].map((offset) => base64Within(bytes, offset));
  const base64url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  const encoded = [JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
  return [...new Set([secret, ...encoded, hex.join(''), hex.join(' '), ...base64, ...base64url])];
}

/** Base64 of bytes with `offset` others before them, less what those others and the ones behind have a part in. */
function base64Within(bytes: readonly number[], offset: number): string {
  const padded = btoa(String.fromCharCode(...new Array<number>(offset).fill(0), ...bytes));
  return padded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

function without(text: string, form: string): string {
  const [folded, wanted] = [fold(text), fold(form)];
  let left = '';
  let from = 0;
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, from)) {
    left += text.slice(from, at) + HIDDEN;
    from = at + form.length;
  }
  return left + text.slice(from);
}

/** Of the same length, which `toLowerCase` does not promise. */
function fold(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
