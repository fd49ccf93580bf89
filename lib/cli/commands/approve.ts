// A person's word that these members may go.
import { ASKS, ask } from '../ask.ts';
import { type Command, UsageError } from '../command.ts';
import { approvalLines, hoursOf, namesIn, reasonOf } from './shown.ts';

export const approve: Command = {
  name: 'approve',
  words: 'GROUP',
  count: [1, 1],
  says: 'Approve removals of a group: all that is missing, by its fingerprint, or single members.',
  options: {
    ...ASKS,
    fingerprint: { value: 'F', says: 'The fingerprint that the plan shows.' },
    removal: { value: 'M', multiple: true, says: 'A member to remove; repeat it for several.' },
    reason: { value: 'TEXT', says: 'Why; it is kept with the approval.' },
    'empty-inventory': { says: 'Approve it although the inventory has no machine for the group.' },
    'through-freeze': { says: 'Carry it out although the group is frozen.' },
    hours: { value: 'H', says: 'For how long; 4 if not given, 24 at the most.' },
  },
  example: `approve --stage prod my-project/web --removal 10.0.1.20 --reason 'rack B is gone'`,
  run(input, io) {
    const [group] = input.words;
    const [fingerprint, reason, hours] = [input.text('fingerprint'), reasonOf(input), hoursOf(input)];
    const removals = input.texts('removal');
    if ((fingerprint === undefined) === (removals.length === 0))
      throw new UsageError('say what is approved: --fingerprint F, or --removal M for each member');
    if (reason === undefined) throw new UsageError('say why, with --reason');
    const body = {
      group,
      ...(fingerprint === undefined ? { removals } : { fingerprint }),
      reason,
      ...(input.flag('empty-inventory') && { emptyInventory: true }),
      ...(input.flag('through-freeze') && { throughFreeze: true }),
      ...(hours !== undefined && { hours }),
    };
    return ask({ method: 'POST', path: '/approvals', body }, input, io, (value) => [
      ...approvalLines(value),
      ...(namesIn(value.notMissing) === ''
        ? []
        : [`  not missing, so not stored: ${namesIn(value.notMissing)}`]),
      `  next: ${NEXT[String(value.next)] ?? value.next}`,
    ]);
  },
};

const NEXT: Readonly<Record<string, string>> = {
  enqueued: 'a worker looks at the group now',
  'next-run': 'the next run carries it out',
  'second-approver': 'a second person has to approve the same',
};
