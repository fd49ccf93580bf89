// A person's word that they know: nobody is told of the group until it ends.
import { ASKS, ask } from '../ask.ts';
import { type Command, UsageError } from '../command.ts';
import { hoursOf, reasonOf, timeOf } from './shown.ts';

const line = ({ group, code, who, reason, until }: Record<string, unknown>): string =>
  `${group}: ${code}, by ${who} until ${until}: ${reason}`;

export const ack: Command = {
  name: 'ack',
  words: 'GROUP',
  count: [1, 1],
  says: 'Say that you know of a group that needs attention: nobody is told of it until then.',
  options: {
    ...ASKS,
    hours: { value: 'H', says: 'For how long, 720 at the most.' },
    until: { value: 'TIME', says: 'Or until when, ISO 8601.' },
    reason: { value: 'TEXT', says: 'Why; it is kept.' },
  },
  example: `ack --stage prod my-project/web --hours 8 --reason 'rack B moves today'`,
  run(input, io) {
    const [group] = input.words;
    const [until, reason, hours] = [timeOf(input, 'until', io.now()), reasonOf(input), hoursOf(input)];
    if ((hours === undefined) === (until === undefined))
      throw new UsageError('say --hours H, or --until TIME');
    if (reason === undefined) throw new UsageError('say why, with --reason');
    const body = { group, ...(hours === undefined ? { until } : { hours }), reason };
    return ask({ method: 'POST', path: '/ack', body }, input, io, (value) => [line(value)]);
  },
};

export const unack: Command = {
  name: 'unack',
  words: 'GROUP',
  count: [1, 1],
  says: 'Take that back: people are told of the group again.',
  options: ASKS,
  example: 'unack --stage prod my-project/web',
  run(input, io) {
    const [group = ''] = input.words;
    return ask({ method: 'DELETE', path: '/ack', query: { group } }, input, io, (value) => [
      `acknowledgement taken back: ${line(value)}`,
    ]);
  },
};
