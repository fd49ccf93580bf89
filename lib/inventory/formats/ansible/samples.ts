// For the hostile tests: good settings of a source in this format, and what their fields take beside that.
import { line, type Sample, type Takes } from '../../../../test/attack/taken.ts';

export const SAMPLES: readonly Sample[] = [
  { identify: 'ip', settings: { ansible: { group: 'web', variable: 'ansible_host' } } },
];

export const TAKES: Takes = {
  ansible: ['missing', 'an empty object'],
  'ansible.group': ['missing', ...line(256)],
  'ansible.variable': ['missing', ...line(256)],
};
