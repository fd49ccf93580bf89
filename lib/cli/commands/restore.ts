// The way back to the members of a group before a run: planned first, gone with the fingerprint of the plan.
import { ASKS, ask } from '../ask.ts';
import { type Command, UsageError } from '../command.ts';
import { hoursOf, namesIn, reasonOf } from './shown.ts';

export const restore: Command = {
  name: 'restore',
  words: 'GROUP',
  count: [1, 1],
  says: 'Plan the way back to the members of a group before a run; with the fingerprint of the plan, do it, and freeze the group.',
  options: {
    ...ASKS,
    run: { value: 'ID', says: 'Before which run, as history shows it.' },
    fingerprint: { value: 'F', says: 'Of the plan that is meant; nothing is written without it.' },
    reason: { value: 'TEXT', says: 'Why; it is kept.' },
    hours: { value: 'H', says: 'For how long runs leave the group alone; 24 if not given, 720 at the most.' },
    owner: { value: 'O', says: 'Whose group it is, where the deployment does not keep it.' },
  },
  example: 'restore --stage prod my-project/web --run 0b9e4f5c-6f0d-4a57-9d0a-5f7c0a9d1e2b',
  run(input, io) {
    const [group] = input.words;
    const [run, fingerprint, reason] = [input.text('run'), input.text('fingerprint'), reasonOf(input)];
    if (run === undefined) throw new UsageError('say before which run, with --run');
    if (fingerprint !== undefined && reason === undefined) throw new UsageError('say why, with --reason');
    const [hours, owner] = [hoursOf(input), input.text('owner')];
    const body = {
      ...{ group, run },
      ...(fingerprint !== undefined && { fingerprint }),
      ...(reason !== undefined && { reason }),
      ...(hours !== undefined && { hours }),
      ...(owner !== undefined && { owner }),
    };
    return ask({ method: 'POST', path: '/restore', body }, input, io, lines);
  },
};

function lines(value: Record<string, unknown>): string[] {
  const { group, run, at, what, additions, removals, leftOut, notAsked, makesGroup, next } = value;
  const list = (verb: string, some: unknown) => {
    const names = namesIn(some);
    return names === '' ? [] : [`  ${verb} ${Object(some).count}: ${names}`];
  };
  const out = Object(leftOut).members as readonly { member: string; says: string }[] | undefined;
  return [
    `${group} to before ${run} (${what}, ${at})`,
    ...(makesGroup === true ? ['  makes the group anew; Logtail configs are not applied again'] : []),
    ...list('adds', additions),
    ...list('removes', removals),
    ...(out ?? []).map(({ member, says }) => `  leaves out ${member}: ${says}`),
    ...(Number(notAsked) > 0 ? [`  ${notAsked} groups were not asked who reports there`] : []),
    `  ${nextOf(String(next), value)}`,
  ];
}

function nextOf(next: string, { fingerprint, frozenUntil }: Record<string, unknown>): string {
  if (next === 'approve')
    return `nothing is written yet; to go this way, say --fingerprint ${fingerprint} --reason TEXT`;
  if (next === 'second-approver') return 'a second person has to send the same';
  if (next === 'nothing') return 'nothing to do, the members are those of then';
  return frozenUntil === undefined ? 'restored' : `restored; frozen until ${frozenUntil}`;
}
