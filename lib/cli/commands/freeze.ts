// A person's word that nothing is written, until an end; and taking it back.
import { ASKS, ask } from '../ask.ts';
import { type Command, type Input, UsageError } from '../command.ts';
import { reasonOf, timeOf } from './shown.ts';

const GROUPS = {
  group: {
    value: 'G',
    multiple: true,
    says: 'A group, as project/name, like a word; all of the deployment if none is given.',
  },
};

const DURATION = /^(\d{1,4})(m|h|d)$/;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @throws UsageError for what is no duration at all */
function untilOf(input: Input, now: number): string {
  const [length, until] = [input.text('for'), timeOf(input, 'until', now)];
  if ((length === undefined) === (until === undefined))
    throw new UsageError('say for how long: --for 2h, or --until TIME');
  if (until !== undefined) return until;
  const [, count, unit] = DURATION.exec(length ?? '') ?? [];
  if (count === undefined || unit === undefined)
    throw new UsageError('--for is a number and a unit: 30m, 2h or 7d');
  return new Date(now + Number(count) * (UNITS[unit] as number)).toISOString();
}

export const freeze: Command = {
  name: 'freeze',
  words: '[GROUP…]',
  count: [0, 10_000],
  says: 'Stop all writing, in some groups or in all, until an end: runs go on and report what they would do.',
  options: {
    ...ASKS,
    ...GROUPS,
    for: { value: 'TIME', says: 'For how long: 30m, 2h or 7d; 30 days at the most.' },
    until: { value: 'TIME', says: 'Or until when, ISO 8601.' },
    reason: { value: 'TEXT', says: 'Why; it is shown wherever the groups are.' },
  },
  example: `freeze --stage prod my-project/web --for 2h --reason 'the inventory is wrong'`,
  run(input, io) {
    const reason = reasonOf(input);
    const until = untilOf(input, io.now());
    if (reason === undefined) throw new UsageError('say why, with --reason');
    const groups = groupsOf(input);
    const body = { ...(groups.length > 0 && { groups }), until, reason };
    return ask({ method: 'POST', path: '/freeze', body }, input, io, ({ freezes }) =>
      linesOf('', freezes, until),
    );
  },
};

export const unfreeze: Command = {
  name: 'unfreeze',
  words: '[GROUP…]',
  count: [0, 10_000],
  says: 'Lift freezes: those of the named groups, or that of all groups.',
  options: { ...ASKS, ...GROUPS },
  example: 'unfreeze --stage prod my-project/web',
  run(input, io) {
    const groups = groupsOf(input);
    const query = groups.length > 0 ? { groups: groups.join(',') } : {};
    return ask({ method: 'DELETE', path: '/freeze', query }, input, io, ({ lifted, stillFrozen }) => [
      ...linesOf('lifted: ', lifted),
      ...linesOf('still frozen: ', stillFrozen),
    ]);
  },
};

const groupsOf = (input: Input): readonly string[] => [...new Set([...input.words, ...input.texts('group')])];

/** @param asked the end that was asked for: what ends later was there before */
function linesOf(head: string, freezes: unknown, asked?: string): string[] {
  if (!Array.isArray(freezes)) return [];
  return freezes.flatMap(({ group, who, until, reason }) => {
    const isOther = asked !== undefined && Date.parse(until) > Date.parse(asked);
    return [
      `${head}${group === '*' ? 'all groups' : group}, by ${who} until ${until}: ${reason}`,
      ...(isOther ? [`  a longer freeze stands until ${until}: yours changes nothing`] : []),
    ];
  });
}
