// A request as it came over the wire. Text is kept as bytes, one character each (latin1), so that a signature
// is checked over what was sent and not over what some decoder made of it.

/** Text whose characters are bytes: 0x00 to 0xFF. */
export type ByteText = string;

export interface WireRequest {
  readonly method: string;
  /** Path of the request line before `?`, still percent-encoded. */
  readonly rawPath: ByteText;
  /** The same, percent-decoded. */
  readonly path: ByteText;
  /** Query pairs in the order sent, decoded. A key without `=` has the value ''. */
  readonly query: ReadonlyMap<ByteText, ByteText>;
  /**
   * Names in lower case; the parser has taken white space from around the values. Repeated headers are joined
   * with a comma.
   */
  readonly headers: ReadonlyMap<string, ByteText>;
  readonly body: Buffer;
}

/**
 * @param target the request target, as in the request line
 * @param rawHeaders names and values in turn, as node:http hands them over
 */
export function readWire(
  method: string,
  target: string,
  rawHeaders: readonly string[],
  body: Buffer,
): WireRequest {
  const mark = target.indexOf('?');
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  return {
    method,
    rawPath,
    path: percentDecode(rawPath),
    query: readQuery(mark < 0 ? '' : target.slice(mark + 1)),
    headers: readHeaders(rawHeaders),
    body,
  };
}

/** Lenient, as servers are: a `%` that starts no escape stands for itself. */
export function percentDecode(text: ByteText): ByteText {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

export function utf8(text: ByteText): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** `+` is a space, since several official clients write form encoding. The first of a repeated key counts. */
function readQuery(text: ByteText): ReadonlyMap<ByteText, ByteText> {
  const query = new Map<ByteText, ByteText>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decodeForm(equals < 0 ? pair : pair.slice(0, equals));
    if (!query.has(key)) query.set(key, equals < 0 ? '' : decodeForm(pair.slice(equals + 1)));
  }
  return query;
}

function decodeForm(text: ByteText): ByteText {
  return percentDecode(text.replaceAll('+', ' '));
}

function readHeaders(raw: readonly string[]): ReadonlyMap<string, ByteText> {
  const headers = new Map<string, ByteText>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return headers;
}
