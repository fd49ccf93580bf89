// All that signing remembers: the date, the names and the key of the latest request. The next one mostly has the same
// second, headers and secret, and making the three anew takes as long as the rest of the signature. Nothing that is
// remembered shows in a result: whatever differs from the request before is made anew.
import type { HmacKey } from './hmac.ts';
import type { Headers } from './types.ts';

/** Names of headers in the order in which they are signed, and what is made of the names alone. */
export interface SignedNames {
  readonly sorted: readonly string[];
  /** `name:` each. */
  readonly labels: readonly string[];
  /** `name;name;name`. */
  readonly list: string;
}

/** A moment as `Date` has it in V1 and `x-log-date` in V4. */
interface DateTexts {
  /** RFC 1123 with English names in every locale. */
  readonly http: string;
  /** `2022-08-08T03:23:30.000Z` becomes `20220808T032330Z`. */
  readonly basic: string;
}

type IsSigned = (lowerCaseName: string) => boolean;

let date: { readonly second: number; readonly texts: DateTexts } | undefined;
let names:
  | { readonly isSigned: IsSigned; readonly given: readonly string[]; readonly signed: SignedNames }
  | undefined;
let key: { readonly secret: string; readonly scope: string; readonly made: HmacKey } | undefined;

export function dateTexts(moment: Date): DateTexts {
  const second = Math.floor(moment.getTime() / 1000);
  if (date?.second !== second) {
    const basic = `${moment.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    date = { second, texts: { http: moment.toUTCString(), basic } };
  }
  return date.texts;
}

/** @param isSigned the same function each time, or the names are sorted each time */
export function signedNames(headers: Headers, isSigned: IsSigned): SignedNames {
  const given = Object.keys(headers);
  if (names?.isSigned !== isSigned || !isSame(names.given, given)) {
    const sorted = given.filter(isSigned).sort();
    const signed = { sorted, labels: sorted.map((name) => `${name}:`), list: sorted.join(';') };
    names = { isSigned, given, signed };
  }
  return names.signed;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index += 1) if (some[index] !== others[index]) return false;
  return true;
}

/** @param scope names all that `make` goes by beside the secret */
export function keyFor(secret: string, scope: string, make: () => HmacKey): HmacKey {
  if (key?.scope !== scope || key.secret !== secret) key = { secret, scope, made: make() };
  return key.made;
}
