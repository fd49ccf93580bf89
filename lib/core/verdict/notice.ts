// What subscribers are told of verdicts: new ones first, then those that stand, then those that are over.

import { code } from '../report/markdown.ts';
import { NOTICE_MAX_BYTES, type Notice } from '../report/notice.ts';
import { jsonBytesOf } from '../text/json-size.ts';
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

/** Always fits. @param runId of the run whose log has the whole reports */
export function verdictNotice(entries: readonly Told[], runId: string): VerdictNotice {
  const lines = [`Run ${code(runId)} has the reports in its log.`];
  const named = new Set<string>();
  let room = NOTICE_MAX_BYTES - FRAME_BYTES;
  for (const news of ORDER) {
    const all = entries.filter((entry) => entry.news === news);
    if (all.length === 0) continue;
    lines.push('', `## ${HEADINGS[news]}: ${all.length}`);
    let left = all.length;
    for (const entry of all) {
      const line = lineOf(entry);
      room -= jsonBytesOf(line);
      if (room < 0) break;
      lines.push(line);
      named.add(entry.group);
      left -= 1;
    }
    if (left > 0) lines.push(`- No room for ${left} more; the next notice has them`);
  }
  const count = (news: News) => entries.filter((entry) => entry.news === news).length;
  return {
    subject: `sls-machine-groups: ${count('new')} new, ${count('standing')} standing, ${count('recovered')} recovered`,
    message: `${lines.join('\n')}\n`,
    named,
  };
}

function lineOf({ group, news, code: why, says, since, contact }: Told): string {
  const whom = contact === undefined ? '' : `; contact ${code(contact)}`;
  const at = new Date(since).toISOString();
  if (news === 'recovered') return `- ${code(group)}: since ${at}${whom}`;
  return `- ${code(group)} (${why}, since ${at}): ${code(says, SAYS_MAX)}${whom}`;
}
