// The time a request claims, read as strictly as the service reads it, and the 15 minutes it may be off.
import { refusals } from './refusal.ts';
import type { WireRequest } from './wire.ts';

/** Greatest distance between request time and server time, in milliseconds (Common request headers page). */
export const MAX_SKEW_MS = 15 * 60 * 1000;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The `Date` header, or `x-log-date` where a proxy dropped it: the text the signature covers. */
export function signedDateV1({ headers }: WireRequest): string {
  const date = headers.get('date') ?? headers.get('x-log-date');
  if (!date) throw refusals.missingHeader('x-log-date');
  return date;
}

/** V1: `x-log-date` replaces `Date` for this check. */
export function checkTimeV1(request: WireRequest, serverNow: number): void {
  check(request.headers.get('x-log-date') ?? signedDateV1(request), parseRfc1123, serverNow);
}

/** V4: `x-log-date` is the only date, in basic ISO 8601. Returns it. */
export function checkTimeV4(request: WireRequest, serverNow: number): string {
  const date = request.headers.get('x-log-date');
  if (!date) throw refusals.missingHeader('x-log-date');
  check(date, parseBasicIso, serverNow);
  return date;
}

/** Both times have whole seconds, so the server's fraction of a second is not held against the client. */
function check(text: string, parse: (text: string) => number | undefined, serverNow: number): void {
  const time = parse(text);
  if (time === undefined) throw refusals.invalidRequestTime(text);
  const now = Math.floor(serverNow / 1000) * 1000;
  if (Math.abs(time - now) > MAX_SKEW_MS) {
    throw refusals.requestTimeExpired(text, new Date(now).toUTCString());
  }
}

/** English names only. The day name is not compared with the date: published vectors carry a wrong one. */
export function parseRfc1123(text: string): number | undefined {
  const match = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{1,2}) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(
    text,
  );
  if (!match) return undefined;
  const [, day, month = '', year, hours, minutes, seconds] = match;
  return toTime(year, MONTHS.indexOf(month), day, hours, minutes, seconds);
}

export function parseBasicIso(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hours, minutes, seconds] = match;
  return toTime(year, Number(month) - 1, day, hours, minutes, seconds);
}

/** Undefined for a day or an hour that does not exist, which Date.UTC would carry over. */
function toTime(
  year: string | undefined,
  month: number,
  day: string | undefined,
  hours: string | undefined,
  minutes: string | undefined,
  seconds: string | undefined,
): number | undefined {
  const parts = [Number(year), month, Number(day), Number(hours), Number(minutes), Number(seconds)] as const;
  const date = new Date(Date.UTC(...parts));
  const back = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  return parts.every((part, i) => part === back[i]) ? date.getTime() : undefined;
}
