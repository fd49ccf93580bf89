// A point in time as people write it in requests: ISO 8601 with its zone.
import * as z from 'zod/mini';

/** What is wrong with another text is said by an example, since nobody is helped by the name of a format. */
export function moment() {
  return z.iso.datetime({ offset: true, error: 'a time such as 2026-11-26T06:00:00Z' });
}
