// A run's report as Markdown, for a chat or a pull request. Says what the JSON says and nothing else. Names
// come from outside, so each stands in a code span that it cannot leave.

import type { GroupReport, MemberList, RunReport } from './report.ts';

/** Names printed in one line; the JSON has more. */
const NAMES = 20;

const CHANGES: Readonly<Record<GroupReport['changes'][number], string>> = {
  create: 'Create the group',
  adopt: 'Put the owner mark on the group',
  topic: 'Correct the topic',
};

export function reportMarkdown(report: RunReport): string {
  const quiet = report.groups.filter(({ status }) => status === 'in-sync').map(({ group }) => group);
  const loud = report.groups.filter(({ status }) => status !== 'in-sync');
  const lines = [
    `## Machine groups: ${report.mode}, ${report.status}`,
    '',
    `Run ${code(report.runId)}, asked for by ${code(report.trigger)}, began ${report.startedAt}.`,
    totals(report),
  ];
  if (report.reason !== undefined) lines.push(`Reason given: ${code(report.reason)}`);
  if (report.staleApproval) {
    lines.push('', '**The approval names none of these plans: something has moved. Nothing was written.**');
  }
  for (const group of loud) lines.push('', ...groupLines(group));
  if (quiet.length > 0) lines.push('', `In sync: ${names({ count: quiet.length, members: quiet })}`);
  return `${lines.join('\n')}\n`;
}

/** A code span on one line that ends where it should, whatever the text is. */
export function code(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `<U+${hex(character)}>`);
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
  const noun = counts.groups === 1 ? 'group' : 'groups';
  const groups = `${counts.groups} ${noun}: ${states.map(([status, count]) => `${count} ${status}`).join(', ')}.`;
  return shown.length > 0 ? `${groups} Machines: ${shown.join(', ')}.` : groups;
}

function groupLines(group: GroupReport): string[] {
  const { reading, error } = group;
  const lines = [`### ${code(group.group)}: ${group.status}`, ''];
  if (reading) {
    lines.push(`- ${reading.members} members now, ${reading.wanted} wanted, policy ${group.policy}`);
    for (const reason of reading.reasons) lines.push(`- Not read whole: ${code(reason)}`);
  }
  for (const change of group.changes) lines.push(`- ${CHANGES[change]}`);
  if (group.additions.count > 0) lines.push(`- Add ${group.additions.count}: ${names(group.additions)}`);
  if (group.removals.count > 0) lines.push(`- Remove ${group.removals.count}: ${names(group.removals)}`);
  for (const held of group.withheld) {
    const what = held.count > 0 ? `${held.action} ${held.count}: ${names(held)}` : held.action;
    lines.push(`- Withheld (${held.by}): ${what}; ${code(held.says)}`);
  }
  for (const { code: rule, says } of group.refusals) {
    lines.push(`- ${group.status === 'left-alone' ? 'Left alone' : '**Refused**'} (${rule}): ${code(says)}`);
  }
  for (const { code: rule } of group.lifted) {
    lines.push(`- Refusal (${rule}) lifted by approval: ${code(group.approval?.reason ?? '')}`);
  }
  for (const warning of group.warnings) lines.push(`- Warning: ${code(warning)}`);
  for (const { operation, machines } of group.unwritten)
    lines.push(`- Not written: ${operation} of ${machines}`);
  if (error) {
    const request = error.requestId === undefined ? '' : `, request ${code(error.requestId)}`;
    lines.push(`- **Failed** (${code(error.code)}${request}): ${code(error.message)}`);
  }
  if (group.fingerprint !== undefined) lines.push(...fingerprintLines(group, group.fingerprint));
  return lines;
}

/** A plan that an approval would let through is given with the request that approves it. */
function fingerprintLines(group: GroupReport, fingerprint: string): string[] {
  if (group.status === 'planned') return [`- Fingerprint: ${code(fingerprint)}`];
  if (group.status !== 'refused') return [];
  const request = { mode: 'apply', groups: [group.group], approve: fingerprint, reason: '<why>' };
  return ['- To go ahead with exactly this plan:', `  ${code(JSON.stringify(request))}`];
}

function names({ count, members }: MemberList): string {
  const shown = members.slice(0, NAMES).map(code).join(', ');
  return count > NAMES ? `${shown} and ${count - NAMES} more` : shown;
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
