// docs/removal-model.md, made from the figures of the year. Write it again with
// `node test/unit/core/removal/model/write.ts`.

import { live, rulesOverTime, rulesRunByRun } from './life.ts';
import type { Scenario } from './scenarios.ts';

export const PAGE = new URL('../../../../../docs/removal-model.md', import.meta.url);

export interface Row {
  readonly name: string;
  readonly runByRun: string;
  readonly overTime: string;
}

export const DAYS = 365;

export function rowOf({ name, world }: Scenario): Row {
  const lived = world(DAYS);
  const figures = [rulesRunByRun(), rulesOverTime()].map((rules) => {
    const { wrong, asked } = live(lived, DAYS, rules);
    return `${wrong}/${asked}`;
  });
  return { name, runByRun: figures[0] as string, overTime: figures[1] as string };
}

const tableOf = (rows: readonly Row[]): string =>
  [
    '| A year of | Judged run by run | Judged over time |',
    '|---|---|---|',
    ...rows.map(({ name, runByRun, overTime }) => `| ${name} | ${runByRun} | ${overTime} |`),
  ].join('\n');

export function pageOf(rows: readonly Row[], further: readonly Row[]): string {
  return `# A year of removals

By these rules the sync judges removals: not run by run, but over time.

This page is made by the test \`test/unit/core/removal/year.test.ts\`. To write it again, run
\`node test/unit/core/removal/model/write.ts\`.

The model lives a year of 105 120 runs, one every five minutes, over a group of 100 machines. It does so twice: once
with rules that judge each run alone, and once with the rules of \`lib/core/removal\`. In each pair, the first figure
counts machines that were removed while they belonged in the group. The second counts how often a person was asked. The
person answers after two hours and approves only what is gone for good.

${tableOf(rows)}

"Heard" means that the machines send heartbeats that ListMachines shows. "Unheard" means that it shows none of them.
An incident comes twelve times a year, a total outage four times.

## Further worlds

${tableOf(further)}

- If heartbeats are heard, an inventory of another account adds no strangers: additions wait, and a person is asked
  once.
- If no heartbeat is heard, a group that shrinks by 80 % every night asks every night. Set \`maxRemovalShare\` higher, or
  let the agents be heard.
- Nothing can tell an inventory that lacks a quarter for two hours from machines that are gone, if no heartbeat is
  heard. The limit keeps the loss at half of the group in seven days.

## The rules

**Patience.** A member is removed after it has been missing for an hour (\`removeAfter\`) and in three complete readings. A
member that is listed again starts anew. An incomplete reading, or one that began before the last one acted on, removes
nothing and changes no count of what it lacks.

**Witness.** The heartbeats say what became of a ripe member. One that reports stays. One that is silent goes: its
heartbeat is older than 15 minutes (\`silentAfter\`) and did not change between two looks. One that another group of
the document has now has moved, and goes; a group that also has members which stay here proves nothing, nor does one whose
own inventory lacks the machine. An address under which another
machine reports is reused, and goes. An address under which several machines report stays. If ListMachines fails, gives
only a part, or hears fewer than half of the members that stay, then its silence proves nothing.

**Outage.** Silent members wait if they are more than 90 % of the group. Nothing is removed while the inventory has no machine for the group,
unless \`allowEmpty\` is set.

**Limit.** Removals without proof count against a limit: 30 % of the older members in 24 hours (\`maxRemovalShare\`),
half of them in seven days, or two (\`maxSmallRemovals\`) where that is more. Counted is everything that is missing
without proof, ripe or not. Members that were added in the last day do not raise the limit. Beyond it none of them goes,
and a person is asked.

**Swap.** Additions wait if fewer than half of ten members or more are wanted still, more are to be added than stay, and
most of the missing ones report. The inventory then looks at another fleet. A person is asked if they still report after half an hour.

**Breaker.** If one reading serves several groups, and more than 20 % and more than ten of all their machines are missing
without proof, then no removal without proof is made in any of them. A run that looks at some of them reads the others
when something could go so, and counts what the memory has of them: members that nobody was ever heard under. What was
heard before and is not any more does not count there; the limit of each group bounds those.

**Memory.** If the memory is new, every removal counts as one without proof for a day. If it cannot be reached,
removals wait and additions go.

**Approval.** What a person approved goes at once, if a complete and current reading still lacks it. The approval ends for a
member that a later reading lists again, or that has gone from the group.

A person is asked when removals or additions are refused, and when a ripe member has waited for more than 24 hours.

## What the model steps over

Runs in which nothing can change are not evaluated: nothing is missing, patience still lasts, or all that is ripe sent a
heartbeat within 15 minutes. The test lives twelve days of each world with every run evaluated and compares the figures.
`;
}
