// For the hostile tests: good settings, and what their fields take beside that.
import { optional, type Sample, type Takes } from '../../../../test/attack/taken.ts';

export const SAMPLES: readonly Sample[] = [
  {
    identify: 'ip',
    settings: {
      type: 'file',
      hook: 'cmdb',
      url: 's3://inventory/machines.json',
      format: 'json',
      maxBytes: 1_000_000,
      region: 'eu-central-1',
      bucketOwner: '123456789012',
    },
  },
];

export const TAKES: Takes = {
  url: [
    'a blank behind',
    'twice, as a gateway joins them',
    'a Cyrillic letter',
    'an Arabic digit',
    'a combining sign',
    'an invisible character',
    'a line separator',
    'a slash behind',
  ],
  format: optional,
  maxBytes: optional,
  region: optional,
  bucketOwner: optional,
};
