// For the hostile tests: good settings of a source in this format, and what their fields take beside that.
import { optional, type Sample, type Takes } from '../../../../test/attack/taken.ts';

export const SAMPLES: readonly Sample[] = [
  { identify: 'userdefined', settings: { id: { field: 'log_id' }, netbox: { family: 'ipv4' } } },
];

export const TAKES: Takes = {
  netbox: ['missing', 'an empty object'],
  'netbox.family': optional,
};
