// For the hostile tests: good settings, and what their fields take beside that.
import type { Sample, Takes } from '../../../../test/attack/taken.ts';

export const SAMPLES: readonly Sample[] = [
  { identify: 'ip', settings: { type: 'static', members: ['10.0.0.1'] } },
];

export const TAKES: Takes = {
  members: ['an empty list'],
  'members[]': ['missing', 'a blank behind'],
};
