// Every regular expression of the product, and texts that would make a bad one run away: parts of what it matches,
// repeated very often, then something it cannot match.
import fc from 'fast-check';
import { lineOf, sources } from '../support/syntax.ts';

export interface Pattern {
  /** File and place, for the report. */
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

export interface Attack {
  readonly before: string;
  readonly part: string;
  readonly after: string;
}

/** Literals of all files of a folder, and whatever is made by `RegExp` at run time. */
export async function patternsIn(folder: string): Promise<{ literals: Pattern[]; made: string[] }> {
  const literals: Pattern[] = [];
  const made: string[] = [];
  for (const source of await sources(folder)) {
    // What builds the functions meets no text from outside.
    if (source.path.startsWith('lib/build/')) continue;
    for (const node of source.nodes) {
      const where = () => `${source.path}:${lineOf(source, node)}`;
      if (node.type === 'Literal' && node.regex) {
        literals.push({ where: where(), source: node.regex.pattern, flags: node.regex.flags });
      }
      if (node.callee?.name === 'RegExp') made.push(where());
    }
  }
  return { literals, made };
}

/** Ends that few patterns take: a control character, line ends of both kinds, a sign. */
const ENDS = ['\u0000', '\n', '\u2028x', '!'];
const SAMPLES = 12;
/** Parts of this many characters at the most are repeated; longer loops hold shorter ones. */
const LONGEST_PART = 3;
/** Parts beyond these would only say again what others did. */
const MOST_PARTS = 24;

/** The same attacks for the same pattern, whenever they are made. */
export function attacksOn({ source, flags }: Pick<Pattern, 'source' | 'flags'>): Attack[] {
  const parts = new Map<string, Omit<Attack, 'after'>>();
  for (const sample of samplesOf(source, flags)) {
    for (let start = 0; start < Math.min(sample.length, 40); start += 1) {
      for (let length = 1; length <= LONGEST_PART && start + length <= sample.length; length += 1) {
        const part = sample.slice(start, start + length);
        const before = sample.slice(0, start);
        // What comes before decides how far a pattern gets; its kind is enough, its letters do not matter.
        const kind = `${part} after ${before
          .replace(/[a-z]+/gi, 'a')
          .replace(/\d+/g, '1')
          .slice(0, 12)}`;
        if (!parts.has(kind)) parts.set(kind, { before, part });
      }
    }
  }
  const chosen = spread([...parts.values()], MOST_PARTS);
  return chosen.flatMap((part) => ENDS.map((after) => ({ ...part, after })));
}

/** Texts that match; what fast-check has no words for (looking around, Unicode properties) is left out. */
function samplesOf(source: string, flags: string): string[] {
  const plain = source
    .replace(/\(\?<?[=!](?:[^()]|\([^()]*\))*\)/g, '')
    .replace(/\\b/g, '')
    .replace(/\\p\{[^}]*\}/g, '\\u0085')
    .replace(/\[\^?\]/g, 'x');
  const whole = new RegExp(`^(?:${plain})$`, flags.replace(/[dgiy]/g, ''));
  const arbitrary = fc.stringMatching(whole, { size: 'xsmall' });
  return fc.sample(arbitrary, { numRuns: SAMPLES, seed: 6 });
}

function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)] as T);
}
