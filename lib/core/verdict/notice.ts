// What subscribers are told after a run, in one notice: verdicts, new ones first, then those that stand, then those that are over;
// and freezes that end soon. Each says what, since when, and what to type.

import { ALL } from '../freeze/freeze.ts';
import type { Freeze } from '../memory/deployment.ts';
import { code } from '../report/markdown.ts';
import { NOTICE_MAX_BYTES, type Notice } from '../report/notice.ts';
import { jsonBytesOf } from '../text/json-size.ts';
import { ackCommand, commandFor, freezeCommands } from './commands.ts';
import type { News } from './telling.ts';

export interface Told {
  /** `project/name`. */
  readonly group: string;
  readonly news: News;
  /** Why it is or was one of attention. */
  readonly code: string;
  readonly says: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly contact?: string | undefined;
}

/** A freeze that ends soon, and what it holds back as far as a run knows. */
export interface Ending {
  readonly freeze: Freeze;
  readonly additions?: number;
  readonly removals?: number;
}

export interface NoticeTerms {
  /** How commands name the deployment. */
  readonly where: string;
  readonly endings?: readonly Ending[];
}

export interface VerdictNotice extends Notice {
  /** Groups that it has room for: of the others people have yet to be told. */
  readonly named: ReadonlySet<string>;
}

const HEADINGS: Readonly<Record<News, string>> = {
  new: 'Needs attention now',
  standing: 'Still needs attention',
  recovered: 'Is well again',
};
const ORDER: readonly News[] = ['new', 'standing', 'recovered'];

/** Characters of a sentence: thousands of groups may have one. */
const SAYS_MAX = 400;
/** Bytes kept for the headings and for how many there was no room for. */
const FRAME_BYTES = 2 * 1024;
/** Freezes of the same word that are named. */
const FREEZES_NAMED = 20;
/** Bytes of what is said of freezes: the rest is for verdicts. */
const ENDINGS_BYTES = 64 * 1024;

/** Always fits. @param runId of the run whose log has the whole reports */
export function verdictNotice(
  entries: readonly Told[],
  runId: string,
  { where, endings = [] }: NoticeTerms,
): VerdictNotice {
  const ends = endingLines(endings, where);
  const lines = [`Run ${code(runId)} has the reports in its log.`, ...ends];
  const named = new Set<string>();
  let room = NOTICE_MAX_BYTES - FRAME_BYTES - jsonBytesOf(ends.join('\n'));
  for (const news of ORDER) {
    const all = entries.filter((entry) => entry.news === news);
    if (all.length === 0) continue;
    lines.push('', `## ${HEADINGS[news]}: ${all.length}`);
    let left = all.length;
    for (const entry of all) {
      const line = lineOf(entry, where);
      room -= jsonBytesOf(line);
      if (room < 0) break;
      lines.push(line);
      named.add(entry.group);
      left -= 1;
    }
    if (left > 0) lines.push(`- No room for ${left} more; the next notice has them`);
  }
  if (entries.some(({ news }) => news !== 'recovered'))
    lines.push(
      '',
      `If you know of one, say so, and nobody is told of it for that time: ${code(ackCommand(where))}`,
    );
  const count = (news: News) => entries.filter((entry) => entry.news === news).length;
  return {
    subject: `sls-machine-groups: ${count('new')} new, ${count('standing')} standing, ${count('recovered')} recovered${endingsIn(endings)}`,
    message: `${lines.join('\n')}\n`,
    named,
  };
}

function endingsIn({ length }: readonly Ending[]): string {
  if (length === 0) return '';
  return length === 1 ? ', 1 freeze ends' : `, ${length} freezes end`;
}

function lineOf({ group, news, code: why, says, since, contact }: Told, where: string): string {
  const whom = contact === undefined ? '' : `; contact ${code(contact)}`;
  const at = new Date(since).toISOString();
  if (news === 'recovered') return `- ${code(group)}: since ${at}${whom}`;
  return `- ${code(group)} (${why}, since ${at}): ${code(says, SAYS_MAX)}; ${code(commandFor(why, group, where))}${whom}`;
}

/** One line for all groups that were frozen by one word; the freeze of all groups is one by itself. */
function endingLines(endings: readonly Ending[], where: string): string[] {
  if (endings.length === 0) return [];
  const lines = ['', `## A freeze ends within the hour: ${endings.length}`];
  const words = Map.groupBy(endings, ({ freeze: { group, who, reason, until } }) =>
    JSON.stringify([group === ALL, who, reason, until]),
  );
  let room = ENDINGS_BYTES;
  let left = words.size;
  for (const [first, ...more] of words.values()) {
    if (first === undefined) continue;
    const line = endingLine([first, ...more], first.freeze, where);
    room -= jsonBytesOf(line);
    if (room < 0) break;
    lines.push(line);
    left -= 1;
  }
  if (left > 0) lines.push(`- No room for ${left} more`);
  return lines;
}

function endingLine(
  all: readonly Ending[],
  { group, who, reason, since, until }: Freeze,
  where: string,
): string {
  const isOfAll = group === ALL;
  const named = all.slice(0, FREEZES_NAMED).map(({ freeze }) => freeze.group);
  const more = all.length > FREEZES_NAMED ? ` and ${all.length - FREEZES_NAMED} more` : '';
  const from = since === undefined ? '' : ` since ${new Date(since).toISOString()}`;
  const { longer, now } = freezeCommands(isOfAll ? [] : named, where);
  return [
    `- ${isOfAll ? 'All groups' : `${named.map((name) => code(name)).join(', ')}${more}`}: frozen${from} until ${new Date(until).toISOString()}`,
    ` by ${code(who, SAYS_MAX)}: ${code(reason, SAYS_MAX)}. ${heldBack(all)}Additions go with the next run after it;`,
    ` removals have their patience anew. To freeze for longer: ${code(longer)}. To end it now: ${code(now)}`,
  ].join('');
}

/** Where workers look at the groups, nobody knows it of all. */
function heldBack(all: readonly Ending[]): string {
  if (all.some(({ additions }) => additions === undefined)) return '';
  const sum = (of: (one: Ending) => number | undefined) =>
    all.reduce((total, one) => total + (of(one) ?? 0), 0);
  return `It holds back ${sum(({ additions }) => additions)} additions and ${sum(({ removals }) => removals)} removals. `;
}
