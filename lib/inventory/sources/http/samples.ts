// For the hostile tests: good settings, and what their fields take beside that. The samples of the formats stand in
// their own rooms, and are tried with the first settings here.
import {
  beyondAscii,
  flag,
  label,
  line,
  optional,
  type Sample,
  type Takes,
} from '../../../../test/attack/taken.ts';

export const SAMPLES: readonly Sample[] = [
  {
    identify: 'ip',
    settings: {
      type: 'http',
      hook: 'cmdb',
      url: 'https://inventory.example/machines?site=a',
      format: 'list',
      timeoutMs: 5_000,
      maxBytes: 1_000_000,
      maxAgeSeconds: 60,
      header: {
        name: 'Authorization',
        secretId: 'inventory/token',
        secretKey: 'token',
        prefix: 'Bearer ',
      },
      allowHttp: false,
      allowLoopback: false,
    },
  },
];

export const TAKES: Takes = {
  url: [
    'twice, as a gateway joins them',
    'a Cyrillic letter',
    'an Arabic digit',
    'a combining sign',
    'an invisible character',
    'a slash behind',
    'a query behind',
  ],
  timeoutMs: optional,
  maxBytes: optional,
  maxAgeSeconds: ['missing', 'zero'],
  header: optional,
  'header.name': [...label, 'not a number'],
  'header.secretId': line(512),
  'header.secretKey': ['missing', ...line(256)],
  'header.prefix': ['missing', ...line(64).filter((what) => !beyondAscii.includes(what))],
  allowHttp: flag,
  allowLoopback: flag,
  id: optional,
  'id.field': line(128),
};
