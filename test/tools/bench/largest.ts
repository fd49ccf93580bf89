// The largest events and configurations that the sync can meet, with contents that cost the most.
import { CONFIG_LIMITS } from '../../../lib/runtime/sync/config-document.ts';
import { PROJECT } from '../../support/names.ts';
import { GROUP } from './sample.ts';

/** Largest payload of an invocation (Lambda quotas), and of an event or a message in it. */
const EVENT_BYTES = 6_291_456;
const MESSAGE_BYTES = 262_144;
/** Most records of a batch, and most groups of a configuration. */
const MANY = 10_000;

/** As many of a piece as there is room for, at most `most`. */
export function filled(
  bytes: number,
  begin: string,
  piece: (index: number) => string,
  end: string,
  most = Number.POSITIVE_INFINITY,
): string {
  const pieces: string[] = [];
  let room = bytes - begin.length - end.length;
  for (let index = 0; index < most; index += 1) {
    const next = piece(index);
    room -= next.length + 1;
    if (room < 0) break;
    pieces.push(next);
  }
  return `${begin}${pieces.join()}${end}`;
}

const group = (name: string, more = '"sources":[{"type":"static","members":[]}]') =>
  `{"project":"${PROJECT}","name":"${name}","identify":"ip",${more}}`;
/** The one group that is asked for, with as little as it takes. */
const asked = group(GROUP.groupName);
const head = '{"owner":"bench","policy":"observe"';
const config = (piece: (index: number) => string, hooks = '') =>
  filled(CONFIG_LIMITS.maxBytes, `${head},${hooks}"groups":[${asked},`, piece, ']}', MANY - 1);
const lists = (most: number, entry: (index: number) => string, list: (entries: string) => string) => {
  const entries = Array.from({ length: most }, (_, index) => entry(index)).join();
  return config((index) => group(`g${index}`, list(entries)));
};
const ec2 = (more: string) => `{"type":"ec2","regions":["eu-central-1"],${more}}`;
const http = (more: string) => `{"type":"http","url":"https://a.example","format":"list",${more}}`;

const hooks = Array.from({ length: 1_000 }, (_, index) => {
  const arn = `arn:aws:secretsmanager:eu-central-1:${String(1e11 + index)}:secret:hook-abcdef`;
  return `"h${index}":{"scheme":"netbox","secretId":"${arn}"}`;
}).join();

/** Texts of a configuration, by what is in them. */
export const CONFIGS: Readonly<Record<string, string>> = {
  '10 000 groups, right': config((index) => group(`g${index}`)),
  '10 000 groups, all wrong': config(() => '{}'),
  '10 000 groups of one name': config(() => group('g')),
  'empty objects for sources': lists(
    50,
    () => '{}',
    (entries) => `"sources":[${entries}]`,
  ),
  'groups of EC2 sources': config((index) => group(`g${index}`, `"sources":[${ec2('"tags":{"a":"b"}')}]`)),
  'unbound secrets': config((index) =>
    group(`g${index}`, `"sources":[${http('"header":{"name":"a","secretId":"s"}')}]`),
  ),
  'wrong blocks': lists(
    1_000,
    () => '"x"',
    (entries) => `"deny":[${entries}],"sources":[{"type":"static","members":[]}]`,
  ),
  blocks: lists(
    1_000,
    (index) => `"${index & 255}::/64"`,
    (entries) => `"deny":[${entries}],"sources":[{"type":"static","members":[]}]`,
  ),
  'members that 1 000 blocks might deny': filled(
    CONFIG_LIMITS.maxBytes,
    `${head},"groups":[${asked},{"project":"${PROJECT}","name":"g","identify":"ip","deny":[${Array.from({ length: 1_000 }, (_, index) => `"::${index}/128"`).join()}],"sources":[{"type":"static","members":[`,
    () => '"fe80::1"',
    ']}]}]}',
    99_999,
  ),
  'wrong members': filled(
    CONFIG_LIMITS.maxBytes,
    `${head},"groups":[${asked},{"project":"${PROJECT}","name":"g","identify":"ip","sources":[{"type":"static","members":[`,
    (index) => `"${index}"`,
    ']}]}]}',
    99_999,
  ),
  'hooks of one secret in 1 000 accounts': config(
    (index) => group(`g${index}`, `"sources":[${http(`"hook":"h${index % 1_000}"`)}]`),
    `"hooks":{${hooks}},`,
  ),
  'values of filters': lists(
    50,
    (index) => `"tag:${index}":["","",0]`,
    (entries) => `"sources":[${ec2(`"filters":{${entries}}`)}]`,
  ),
  'one long text': `${head},"groups":[${asked}],"$schema":"${'x'.repeat(CONFIG_LIMITS.maxBytes - 500)}"}`,
  'no JSON': `"${'\\n'.repeat(CONFIG_LIMITS.maxBytes / 2 - 100)}`,
};

const bridge = (source: string, type: string, detail: string, more = '') =>
  `{"source":"${source}","detail-type":"${type}","account":"111122223333","region":"eu-central-1",${more}"detail":{${detail}}}`;
const tagChange = (keys: string) =>
  bridge('aws.tag', 'Tag Change on Resource', `"changed-tag-keys":[${keys}]`);
const record = (body: string, index: number) =>
  `{"messageId":"${index}","eventSource":"aws:sqs","body":${JSON.stringify(body)}}`;
const batch = (body: (index: number) => string, most = MANY) =>
  filled(EVENT_BYTES, '{"Records":[', (index) => record(body(index), index), ']}', most);
const work = (index: number) =>
  `{"type":"sls-machine-groups/reconcile","version":1,"group":"${PROJECT}/${index}","run":"r"}`;
const padding = ',"x":0'.repeat((MESSAGE_BYTES - 500) / 6).slice(1);

/** Events, by what is in them. None concerns a group of {@link CONFIGS} but the one that is asked for. */
export const EVENTS: Readonly<Record<string, string>> = {
  'a request of 10 000 groups': filled(
    EVENT_BYTES,
    '{"mode":"plan","groups":[',
    (index) => `"${PROJECT}/${index}"`,
    ']}',
    MANY,
  ),
  'a request of 10 000 wrong groups': filled(
    EVENT_BYTES,
    '{"mode":"plan","groups":[',
    () => '{}',
    ']}',
    MANY,
  ),
  'a request of too many groups': filled(EVENT_BYTES, '{"mode":"plan","groups":[', () => '{}', ']}'),
  'a request of unknown fields': filled(EVENT_BYTES, '{"mode":"plan",', (index) => `"f${index}":0`, '}'),
  'an event of unknown fields': filled(
    EVENT_BYTES,
    '{"source":"a","detail-type":"b","detail":{},',
    (index) => `"f${index}":0`,
    '}',
  ),
  'a tag change of 1 000 keys': tagChange(Array.from({ length: 1_000 }, (_, index) => `"k${index}"`).join()),
  'a batch of wrong records': filled(EVENT_BYTES, '{"Records":[', () => '{}', ']}', MANY),
  '10 messages of 256 KB': batch(() => `{${padding}}`, 10),
  '10 messages that are no JSON': batch(() => '"'.repeat(MESSAGE_BYTES), 10),
  '10 000 messages of work': batch(work),
  '10 000 messages of tag changes': batch((index) =>
    tagChange(Array.from({ length: 30 }, (_, at) => `"${index}-${at}"`).join()),
  ),
  '10 000 messages of other accounts': batch((index) =>
    bridge('aws.ec2', 'EC2 Instance State-change Notification', '').replace(
      '111122223333',
      String(1e11 + index),
    ),
  ),
};
