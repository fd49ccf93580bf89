// Takes an approval back.
import { ASKS, ask } from '../ask.ts';
import type { Command } from '../command.ts';
import { approvalLines } from './shown.ts';

export const revoke: Command = {
  name: 'revoke',
  words: 'GROUP ID',
  count: [2, 2],
  says: 'Take an approval back, by the id that approvals shows.',
  options: ASKS,
  example: 'revoke --stage prod my-project/web 0b9e4f5c-6f0d-4a57-9d0a-5f7c0a9d1e2b',
  run(input, io) {
    const [group = '', id = ''] = input.words;
    const path = `/approvals/${encodeURIComponent(id)}`;
    return ask({ method: 'DELETE', path, query: { group } }, input, io, (value) => [
      'revoked:',
      ...approvalLines(value),
    ]);
  },
};
