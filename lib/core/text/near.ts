// What somebody meant who typed something else.

/** The candidate that is fewest letters away, if that is a slip: a third of the word at the most. */
export function near(word: string, candidates: readonly string[]): string | undefined {
  const begins = candidates.filter((candidate) => word.length > 1 && candidate.startsWith(word));
  if (begins.length === 1) return begins[0];
  const [best] = candidates
    .map((candidate) => ({ candidate, away: distance(word.slice(0, 64), candidate) }))
    .sort((a, b) => a.away - b.away);
  return best && best.away <= Math.max(1, best.candidate.length / 3) ? best.candidate : undefined;
}

/** Names that are offered to choose from. */
const OFFERED = 3;
/** Names that are compared by their letters: all of them for who has thousands would take seconds. */
const COMPARED = 5_000;

/** Of names such as `project/web` those that somebody may have meant: by a part of it, or by a slip in either half. */
export function nearKeys(typed: string, keys: readonly string[]): readonly string[] {
  const [project, name] = halves(typed);
  const same = keys.filter((key) => halves(key)[1] === name);
  if (same.length > 0) return same.slice(0, OFFERED);
  const beside = keys.filter((key) => project === '' || halves(key)[0] === project).slice(0, COMPARED);
  const meant = near(
    name,
    beside.map((key) => halves(key)[1]),
  );
  if (meant !== undefined) return beside.filter((key) => halves(key)[1] === meant).slice(0, OFFERED);
  const whole = near(typed, keys.slice(0, COMPARED));
  return whole === undefined ? [] : [whole];
}

function halves(key: string): readonly [project: string, name: string] {
  const slash = key.indexOf('/');
  return slash < 0 ? ['', key] : [key.slice(0, slash), key.slice(slash + 1)];
}

/** Letters to add, drop, replace or swap with their neighbour to make one word of the other. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = at(row, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const least = Math.min(replaced, at(row, j) + 1, at(next, j - 1) + 1);
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      next.push(isSwap ? Math.min(least, at(before, j - 2) + 1) : least);
    }
    [before, row] = [row, next];
  }
  return at(row, other.length);
}

const at = (row: readonly number[], index: number): number => row[index] as number;
