// For the hostile tests: good settings of a source in this format, and what their fields take beside that.
import type { Sample, Takes } from '../../../../test/attack/taken.ts';

export const SAMPLES: readonly Sample[] = [{ identify: 'ip', settings: {} }];

export const TAKES: Takes = {};
