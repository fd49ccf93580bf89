// Pages of which each names the next one by a token.

import { SourceError } from './source.ts';

/** Calls with each token until there is none; an empty one is none. Returns the number of pages. @throws SourceError */
export async function followTokens(
  source: string,
  read: (token?: string) => Promise<string | null | undefined>,
): Promise<number> {
  const seen = new Set<string>();
  for (let token = await read(); token; token = await read(token)) {
    if (seen.has(token))
      throw new SourceError('malformed', source, 'the same page was named as the next one twice');
    seen.add(token);
  }
  return seen.size + 1;
}
