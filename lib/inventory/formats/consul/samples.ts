// For the hostile tests: good settings of a source in this format, and what their fields take beside that.
import { flag, type Sample, type Takes } from '../../../../test/attack/taken.ts';

export const SAMPLES: readonly Sample[] = [
  { identify: 'userdefined', settings: { id: 'name', consul: { address: 'lan', passingOnly: false } } },
];

export const TAKES: Takes = {
  consul: ['missing', 'an empty object'],
  // Anybody may give an address a tag of their own.
  'consul.address': [
    'missing',
    'another word',
    'a fraction',
    'a hexadecimal number',
    'a name every object knows',
    'an exponent',
    'not a number',
    'the name of a prototype',
    'the word null',
  ],
  'consul.passingOnly': flag,
};
