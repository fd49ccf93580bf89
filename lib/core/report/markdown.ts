// A run's report as Markdown, for a chat or a pull request. Says what the JSON says and nothing else. Names
// come from outside, so each stands in a code span that it cannot leave.

import { counted } from '../text/counted.ts';
import { cut } from '../text/few.ts';
import { jsonBytesOf } from '../text/json-size.ts';
import { ANSWER_MAX_BYTES } from './answer.ts';
import { BY_GRAVITY, gravestFirst } from './gravity.ts';
import type { FamilyReport, GroupReport, MadeReport, MemberList, RunReport } from './report.ts';

/** Names printed in one line; the JSON has more. */
const NAMES = 20;
const LONGEST_NAME = 256;
/** Characters of one reason: there may be twenty. */
const LONGEST_REASON = 500;
/** Combinations of one family that are told. */
const FAMILY_SAYS = 5;
/** Bytes of what is said of one group, so that one does not fill a notice about many. */
const SECTION_MAX_BYTES = 16 * 1024;
/** Bytes kept for the groups that there is no room for: for names of some, and for how many they are by status. */
const NAMES_BYTES = 8 * 1024;
const COUNTS_BYTES = 1024;

const CHANGES: Readonly<Record<GroupReport['changes'][number], string>> = {
  create: 'Create the group',
  adopt: 'Put the owner mark on the group',
  topic: 'Correct the topic',
};

/**
 * The gravest groups come first. Of those that there is no room for the names are told, or how many they are.
 * @param mostBytes of the text as JSON has it, in which it is sent
 */
export function reportMarkdown(report: RunReport, mostBytes = ANSWER_MAX_BYTES): string {
  const parts = [headLines(report).join('\n'), ...(report.families ?? []).map(familySection)];
  let room = mostBytes - NAMES_BYTES - COUNTS_BYTES - jsonBytesOf(`${parts.join('\n\n')}\n`);
  const isTaken = (part: string) => {
    const bytes = jsonBytesOf(`\n\n${part}`);
    if (bytes > room) return false;
    room -= bytes;
    parts.push(part);
    return true;
  };
  const groups = gravestFirst(report.groups);
  const untold = [...groups];
  while (untold[0] && untold[0].status !== 'in-sync' && isTaken(sectionOf(untold[0]))) untold.shift();
  room += NAMES_BYTES;
  const unnamed: string[] = [];
  for (const status of BY_GRAVITY) {
    const members = untold.filter((group) => group.status === status).map(({ group }) => group);
    const count = members.length;
    if (count === 0) continue;
    const says = status === 'in-sync' ? 'In sync' : `No room for ${count} ${status}`;
    if (!isTaken(`${says}: ${names({ count, members })}`)) unnamed.push(`${count} ${status}`);
  }
  if (unnamed.length > 0) parts.push(`No room for ${unnamed.join(', ')}.`);
  return `${parts.join('\n\n')}\n`;
}

function headLines(report: RunReport): string[] {
  return [
    `## Machine groups: ${report.mode}, ${report.status}${aloneText(report)}`,
    '',
    `Run ${code(report.runId)}, asked for by ${code(report.trigger)}${callerOf(report)}, began ${report.startedAt}.`,
    totals(report),
  ];
}

/** Of a run that is ok people are told all the same where a group is left alone. */
function aloneText({ groups }: RunReport): string {
  const alone = groups.filter(({ status, policy }) => status === 'left-alone' && policy !== 'observe').length;
  return alone === 0 ? '' : `, ${counted(alone, 'group')} left alone`;
}

/** As many as fifty of these: each is short. */
function familySection(report: FamilyReport): string {
  const { family, status, groups, leftOut, without, error, contact } = report;
  const noun = groups === 1 ? 'group' : 'groups';
  const lines = [`### Family ${code(family)}: ${status === 'failed' ? status : `${groups} ${noun}`}`, ''];
  for (const says of leftOut.says.slice(0, FAMILY_SAYS))
    lines.push(`- Left out: ${code(says, LONGEST_REASON)}`);
  const more = leftOut.count - Math.min(leftOut.says.length, FAMILY_SAYS);
  if (more > 0) lines.push(`- Left out: ${leftOut.count} combinations in all`);
  if (without > 0) lines.push(`- ${without} machines do not carry all of the tags, and are of no group`);
  if (error)
    lines.push(`- **Failed** (${code(error.code)}): ${code(error.message)}; its groups are left as they are`);
  if (contact !== undefined && status !== 'read') lines.push(contactLine(contact));
  return lines.length > 2 ? lines.join('\n') : (lines[0] as string);
}

function callerOf({ caller, trigger }: RunReport): string {
  return caller === undefined || caller === trigger ? '' : ` of ${code(caller)}`;
}

/** As many lines about a group as there is room for, from the first on. */
function sectionOf(group: GroupReport): string {
  const lines = groupLines(group);
  let room = SECTION_MAX_BYTES;
  const end = lines.findIndex((line) => {
    room -= jsonBytesOf(line);
    return room < 0;
  });
  if (end < 0) return lines.join('\n');
  return [...lines.slice(0, end), `- No room for ${counted(lines.length - end, 'more line')}`].join('\n');
}

/** A code span on one line that ends where it should, whatever the text is. A long text is cut. */
export function code(text: string, most?: number): string {
  const line = cut(text, most).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `<U+${hex(character)}>`,
  );
  const longest = line.match(/`+/g)?.reduce((most, run) => Math.max(most, run.length), 0) ?? 0;
  const fence = '`'.repeat(longest + 1);
  const pad = line === '' || /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

function totals({ counts }: RunReport): string {
  const states = Object.entries(counts.byStatus).filter(([, count]) => count > 0);
  const figures = [
    [counts.added, 'added'],
    [counts.removed, 'removed'],
    [counts.toAdd, 'to add'],
    [counts.toRemove, 'to remove'],
    [counts.withheld, 'withheld'],
  ] as const;
  const shown = figures.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const groups = `${counted(counts.groups, 'group')}: ${states.map(([status, count]) => `${count} ${status}`).join(', ')}.`;
  return shown.length > 0 ? `${groups} Machines: ${shown.join(', ')}.` : groups;
}

function groupLines(group: GroupReport): string[] {
  const { reading, error, bindings } = group;
  const { change = group.status } = group;
  const became = change === group.status ? '' : `, the rest ${change}`;
  const lines = [`### ${code(group.group)}: ${group.status}${became}`, ''];
  if (reading) {
    lines.push(
      `- ${counted(reading.members, 'member')} now, ${reading.wanted} wanted, policy ${group.policy}`,
    );
    if (group.policy === 'observe') lines.push('- Policy observe: nothing of this is written.');
    for (const reason of reading.reasons)
      lines.push(`- Not read completely: ${code(reason, LONGEST_REASON)}`);
  }
  if (group.freeze) {
    const { who, since, until, reason } = group.freeze;
    const from = since === undefined ? '' : ` since ${since}`;
    lines.push(`- **Frozen**${from} until ${until} by ${code(who)}: ${code(reason)}`);
  }
  if (group.made) lines.push(...madeLines(group.made, group.changes.includes('create')));
  for (const change of group.changes) lines.push(`- ${CHANGES[change]}`);
  if (group.additions.count > 0) lines.push(`- Add ${group.additions.count}: ${names(group.additions)}`);
  for (const gone of group.leaving) {
    lines.push(`- Remove ${gone.count} (${gone.class}): ${names(gone)}; ${code(gone.says, LONGEST_REASON)}`);
  }
  for (const held of group.withheld) {
    const what = held.count > 0 ? `${held.action} ${held.count}: ${names(held)}` : held.action;
    lines.push(`- Withheld (${held.by}): ${what}${isSaid(held, group) ? '' : `; ${code(held.says)}`}`);
  }
  for (const { code: rule, says } of group.refusals) {
    lines.push(`- ${group.status === 'left-alone' ? 'Left alone' : '**Refused**'} (${rule}): ${code(says)}`);
  }
  for (const { id, who, reason } of group.approvals) {
    lines.push(`- Approved by ${code(who)} (${code(id)}): ${code(reason)}`);
  }
  if (group.heldSince !== undefined)
    lines.push(`- **Waiting since ${group.heldSince}**: a person has to look`);
  if (bindings && bindings.applied.length > 0)
    lines.push(`- Logtail configs applied: ${someOf(bindings.applied)}`);
  if (bindings && bindings.missing.length > 0)
    lines.push(`- **Logtail configs not applied**: ${someOf(bindings.missing)}`);
  if (bindings?.says !== undefined) lines.push(`- Logtail configs: ${code(bindings.says, LONGEST_REASON)}`);
  for (const warning of group.warnings) lines.push(`- Warning: ${code(warning)}`);
  for (const { operation, machines, mayHaveTakenEffect } of group.unwritten)
    lines.push(
      `- ${mayHaveTakenEffect ? 'May have taken effect' : 'Not written'}: ${operation} of ${machines}`,
    );
  if (error) {
    const request = error.requestId === undefined ? '' : `, request ${code(error.requestId)}`;
    lines.push(`- **Failed** (${code(error.code)}${request}): ${code(error.message)}`);
  }
  if (group.fingerprint !== undefined) {
    lines.push(`- Fingerprint of everything missing, for an approval: ${code(group.fingerprint)}`);
  }
  if (group.contact !== undefined && isForSomebody(group)) lines.push(contactLine(group.contact));
  return lines;
}

const contactLine = (contact: string): string => `- Contact: ${code(contact)}`;

/** Whether a person has to do something about it. */
function isForSomebody(group: GroupReport): boolean {
  const { status, refusals, withheld, heldSince, bindings } = group;
  return (
    status === 'failed' ||
    refusals.length > 0 ||
    heldSince !== undefined ||
    withheld.some(({ by }) => by === 'approval') ||
    (bindings !== undefined && bindings.missing.length > 0)
  );
}

/** What holds removals is told once, with the refusal: what to do may stand behind it. */
function isSaid(held: GroupReport['withheld'][number], { refusals }: GroupReport): boolean {
  const what = (says: string) => says.slice(0, says.lastIndexOf('; '));
  return refusals.some(({ says }) => what(says) === what(held.says));
}

const someOf = (members: readonly string[]): string => names({ count: members.length, members });
function madeLines({ family, by, configs, applied = [] }: MadeReport, isNew: boolean): string[] {
  const list = (all: readonly string[]) => all.map((name) => code(name)).join(', ');
  const lines = [`- Of the family ${code(family)}, from ${code(by)}`];
  if (applied.length > 0) lines.push(`- Applied to it: ${list(applied)}`);
  else if (isNew && configs.length > 0) lines.push(`- A new group gets ${list(configs)}`);
  return lines;
}

function names({ count, members }: MemberList): string {
  const shown = members
    .slice(0, NAMES)
    .map((name) => code(name, LONGEST_NAME))
    .join(', ');
  return count > NAMES ? `${shown} and ${count - NAMES} more` : shown;
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
