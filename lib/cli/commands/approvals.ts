// The approvals that have not ended.
import { ASKS, ask } from '../ask.ts';
import type { Command } from '../command.ts';
import { approvalLines } from './shown.ts';

export const approvals: Command = {
  name: 'approvals',
  words: '[GROUP]',
  count: [0, 1],
  says: 'List the approvals that have not ended, of one group or of all.',
  options: ASKS,
  example: 'approvals --stage prod',
  run(input, io) {
    const [group] = input.words;
    const request = {
      method: 'GET',
      path: '/approvals',
      ...(group !== undefined && { query: { group } }),
    } as const;
    return ask(request, input, io, ({ approvals: all, leftOut }) => {
      const lines = (Array.isArray(all) ? all : []).flatMap(approvalLines);
      if (typeof leftOut === 'number' && leftOut > 0) lines.push(`and ${leftOut} more: name a group`);
      return lines.length > 0 ? lines : ['none'];
    });
  },
};
