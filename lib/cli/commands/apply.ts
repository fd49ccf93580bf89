// A sync by the deployment, now.
import { ASKS, ask } from '../ask.ts';
import type { Command } from '../command.ts';

export const apply: Command = {
  name: 'apply',
  words: '[GROUP…]',
  count: [0, 10_000],
  says: 'Have the deployment sync now: all groups, or those named project/name.',
  options: ASKS,
  example: 'apply --stage prod my-project/web',
  run(input, io) {
    const groups = [...new Set(input.words)];
    const body = { mode: 'apply', ...(groups.length > 0 && { groups }) };
    return ask({ method: 'POST', path: '/sync', body, accept: 'text/markdown' }, input, io);
  },
};
