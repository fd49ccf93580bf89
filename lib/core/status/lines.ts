// The status as lines for a terminal: what needs a person whole, of the rest the names.

import type { GroupStanding } from './group.ts';
import type { Status } from './status.ts';
import {
  ackText,
  allWaitsText,
  clock,
  countOf,
  coverageText,
  FAMILY_TEXT,
  freezeText,
  goodText,
  groupsText,
  HEADINGS,
  lasting,
  leftOutText,
  membersText,
  NOTHING,
  outcomeText,
  runText,
  waitsText,
} from './words.ts';

/** Runs told. */
const RUNS_SHOWN = 5;

export function statusLines(status: Status): string[] {
  const { deployment, at, counts, groups, freezes, approvals, runs, scheduled } = status;
  const of = (is: GroupStanding['is']) => groups.filter((group) => group.is === is);
  const leftOut = leftOutText(status);
  const waits = allWaitsText(counts);
  return [
    `${deployment} at ${clock(at)}: ${groupsText(counts)}, ${countOf(counts.members, 'member')}${waits === undefined ? '' : `, ${waits}`}`,
    scheduled === undefined
      ? 'no run of the schedule is known'
      : `the schedule last ran ${lasting(scheduled.at, at)} ago: ${outcomeText(scheduled)}`,
    '',
    `${HEADINGS.attention}: ${counts.attention}`,
    ...(counts.attention === 0
      ? [`  ${NOTHING.attention}`]
      : of('attention').flatMap((one) => told(one, at))),
    ...(freezes.count === 0
      ? []
      : [
          '',
          `Frozen: ${freezes.count}`,
          ...freezes.shown.map(
            (freeze) => `  ${freeze.group === '*' ? 'all groups' : freeze.group} ${freezeText(freeze, at)}`,
          ),
        ]),
    ...(approvals.count === 0
      ? []
      : [
          '',
          `Approvals that have not ended: ${approvals.count}`,
          ...approvals.shown.flatMap(({ group, id, removals, waiting, who, until, secondCommand }) => [
            `  ${group} ${id}: ${countOf(removals.count, 'removal')}, by ${who} until ${clock(until)}`,
            ...(waiting > 0
              ? [`    ${countOf(waiting, 'removal waits', 'removals wait')} for a second person`]
              : []),
            ...(secondCommand === undefined ? [] : [`    ${secondCommand}`]),
          ]),
        ]),
    '',
    `${HEADINGS.waiting}: ${counts.waiting}`,
    ...of('waiting').flatMap((one) => told(one, at)),
    '',
    `${HEADINGS.converged}: ${counts.converged}`,
    ...of('converged').map(
      ({ group, family, members }) =>
        `  ${group}${family ? `: ${FAMILY_TEXT}` : members ? `: ${membersText(members)}` : ''}`,
    ),
    ...(leftOut === undefined ? [] : ['', leftOut]),
    ...(runs.length === 0
      ? []
      : [
          '',
          'Last runs in which something happened',
          ...runs.slice(0, RUNS_SHOWN).map((run) => `  ${clock(run.at)} ${run.runId} ${runText(run)}`),
        ]),
  ];
}

function told(group: GroupStanding, at: string): string[] {
  const { group: name, since, code, says, contact, ack, ackCommand, approve, members, coverage } = group;
  const { waits, goodRuns } = group;
  const age = since === undefined ? '' : `, since ${clock(since)}, for ${lasting(since, at)}`;
  return [
    `  ${name}${code === undefined ? '' : ` (${code}${age})`}`,
    ...(group.family ? [`    ${FAMILY_TEXT}`] : []),
    ...(says === undefined ? [] : [`    ${says}`]),
    ...(goodRuns === undefined ? [] : [`    ${goodText(goodRuns)}`]),
    ...(waits === undefined ? [] : [`    ${waitsText(waits, at)}`]),
    ...(contact === undefined ? [] : [`    contact ${contact}`]),
    ...(ack === undefined ? [] : [`    ${ackText(ack)}`]),
    ...(members === undefined ? [] : [`    ${membersText(members)}`]),
    ...(coverage === undefined ? [] : [`    ${coverageText(coverage)}`]),
    ...(approve === undefined
      ? []
      : [
          `    if ${countOf(approve.missing, 'missing machine is', 'missing machines are')} gone for good: ${approve.command}`,
        ]),
    ...(ackCommand === undefined ? [] : [`    if you know: ${ackCommand}`]),
  ];
}
