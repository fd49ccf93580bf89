// Has the deployment delete a group with its mark that nobody keeps any more.
import { ASKS, ask } from '../ask.ts';
import { type Command, UsageError } from '../command.ts';
import { namesIn, reasonOf } from './shown.ts';

export const retire: Command = {
  name: 'retire',
  words: 'GROUP',
  count: [1, 1],
  says: 'Delete a group with the deployment’s mark that no document names and no family makes.',
  options: {
    ...ASKS,
    reason: { value: 'TEXT', says: 'Why; it goes into the log.' },
    'still-reporting': { says: 'Say once more that it is meant, where machines of it report.' },
  },
  example: `retire --stage prod my-project/old-team-web --reason 'the team is gone'`,
  run(input, io) {
    const [group] = input.words;
    const reason = reasonOf(input);
    if (reason === undefined) throw new UsageError('say why, with --reason');
    const body = { group, reason, ...(input.flag('still-reporting') && { stillReporting: true }) };
    return ask({ method: 'POST', path: '/retire', body }, input, io, (value) => {
      const { configs, members } = value as { configs?: readonly string[]; members?: unknown };
      return [
        `${value.group} is retired`,
        `  members: ${namesIn(members) || 'none'}`,
        `  configs: ${configs?.join(', ') || 'none'}`,
      ];
    });
  },
};
