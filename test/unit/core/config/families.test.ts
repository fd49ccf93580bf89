// What a family of the configuration may be, and what is wrong with one, by its path.
import { describe, expect, test } from 'vitest';
import { parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { checkPermitted } from '../../../../lib/core/config/permitted.ts';
import { suspicionsOf } from '../../../../lib/core/config/suspicious.ts';
import { documentOf, familyDocument, groupDocument, problems } from '../values.ts';

const ecs = { type: 'alibaba-ecs', regions: ['cn-hangzhou'], all: true };
const documentWith = (...families: object[]) => ({
  owner: 'prod-eu',
  policy: 'sync',
  groups: [],
  families: families.map((family) => familyDocument({ ...family })),
});
const wrong = (...families: object[]) => problems(documentWith(...families));

test('a family has what a group has, a rule for names, and defaults', () => {
  const [family] = parseSyncConfig(documentWith({ sources: [ecs], contact: '#ops' })).families;
  expect(family).toMatchObject({
    key: 'ali-test-project/{team}-{role}',
    name: '{team}-{role}',
    by: new Map([
      ['team', 'Team'],
      ['role', 'role'],
    ]),
    maxGroups: 150,
    configs: [],
    adopt: false,
    owner: 'prod-eu',
    policy: 'sync',
    contact: '#ops',
  });
});

test('a document needs a group or a family', () => {
  expect(wrong()).toEqual(['groups: must be at least 1 entry long, as there are no families']);
  expect(wrong({})).toEqual([]);
  expect(problems(documentOf({}, { families: [familyDocument()] }))).toEqual([]);
});

const NAME =
  'needs a placeholder such as {team}: a letter, then letters, digits and "_", 32 characters at the most';
describe('faults have a path and a rule', () => {
  test.each<[string, object, string]>([
    ['no placeholder', { name: 'web', by: {} }, `families[0].name: must be ${NAME}`],
    ['half a placeholder', { name: '{team}-{role' }, `families[0].name: must be ${NAME}`],
    [
      'a value that name has not',
      { name: '{team}' },
      'families[0].by.role: is not in name, so that all of its values would make one name',
    ],
    [
      'a value that by has not',
      { name: '{team}-{role}-{x}' },
      'families[0].by.x: is missing, and name has it',
    ],
    [
      'one tag twice',
      { by: { team: 'tag:a', role: 'tag:a' } },
      'families[0].by.role: is the same tag as team',
    ],
    [
      'what is no tag',
      { by: { team: 'field:a', role: 'tag:a' } },
      'families[0].by.team: must be tag: and the key of a tag, such as tag:team, is text of 7 characters',
    ],
    [
      'a tag without a key',
      { by: { team: 'tag:', role: 'tag:a' } },
      'families[0].by.team: must be tag: and the key',
    ],
    [
      'a name that SLS does not take',
      { name: 'Log-{team}-{role}' },
      'families[0].name: makes no name that SLS creates',
    ],
    [
      'a name that ends wrong',
      { name: '{team}-{role}-' },
      'families[0].name: makes no name that SLS creates',
    ],
    ['too many groups', { maxGroups: 401 }, 'families[0].maxGroups: must be at most 400'],
    ['no groups', { maxGroups: 0 }, 'families[0].maxGroups: must be at least 1'],
    ['a config that is none', { configs: ['a/b'] }, 'families[0].configs[0]: must be 1 to 128 characters'],
    ['a config twice', { configs: ['a', 'a'] }, 'families[0].configs: must be names a config twice'],
    ['adopt', { adopt: true }, 'families[0].adopt: is not a known field'],
    ['a field of earlier releases', { write: 'delta' }, 'families[0].write: is not a field any more'],
    ['no source', { sources: [] }, 'families[0].sources: must be at least 1 entry long'],
    [
      'deny of ids',
      { identify: 'userdefined', deny: ['10.0.0.0/8'] },
      'families[0].deny: means nothing for user-defined ids',
    ],
    [
      'a hook that is not there',
      { sources: [{ ...ecs, hook: 'cmdb' }] },
      'families[0].sources[0].hook: is not in hooks',
    ],
  ])('%s', (_what, family, says) => {
    expect(wrong(family).join('\n')).toContain(
      says.replace('must be names', 'names').replace(`must be ${NAME}`, NAME),
    );
  });

  test.each(['static', 'http', 'file'])('a source of %s, whose records carry no tags', (type) => {
    const sources = {
      static: { type, members: [] },
      http: { type, url: 'https://netbox.example.com/', format: 'netbox' },
      file: { type, url: 's3://bucket/key', format: 'list' },
    }[type];
    expect(wrong({ sources: [sources] })).toEqual([
      `families[0].sources[0].type: must be ec2 or alibaba-ecs: records of other sources carry no tags, which tell the groups of a family apart, is text of ${type.length} characters`,
    ]);
  });

  test('two families that could make one group', () => {
    const says =
      'families[1].name: could make the names that families[0] makes: begin or end the two differently';
    const one = (name: string, project = 'ali-test-project') => ({ name, by: { team: 'tag:team' }, project });
    expect(wrong({}, one('{team}'))).toEqual([says]);
    expect(wrong({}, one('{team}', 'other'))).toEqual([]);
    expect(wrong(one('web-{team}'), one('db-{team}'))).toEqual([]);
  });

  test('owners that differ by a separator, and former ones that keep a family', () => {
    expect(wrong({ owner: 'prod_eu' })).toEqual([
      'families[0].owner: overlaps: it differs from owner "prod-eu" by a separator only',
    ]);
    expect(problems({ ...documentWith({ owner: 'other' }), formerOwners: ['other'] })[0]).toMatch(
      /^formerOwners\[0\]: /,
    );
  });

  test('51 families', () => {
    const many = Array.from({ length: 51 }, (_, at) => ({ project: `p${at}` }));
    expect(wrong(...many)[0]).toMatch(/^families: must be at most 50/);
  });
});

test('a hook may speak for a family alone', () => {
  const hooks = { cmdb: { scheme: 'generic', secretId: 'a' } };
  expect(problems({ ...documentWith({ sources: [{ ...ecs, hook: 'cmdb' }] }), hooks })).toEqual([]);
});

test('what a family asks for has to be permitted as that of a group', () => {
  const sources = [{ ...ecs, secretId: 'key', endpoints: { ecs: 'evil.example' } }];
  const config = parseSyncConfig(documentWith({ sources, endpoint: 'evil.example' }));
  const permitted = {
    endpoints: new Set<string>(),
    projects: new Set<string>(),
    inventoryEndpoints: new Set<string>(),
    secrets: [],
    local: false,
  };
  expect(() => checkPermitted(config, permitted)).toThrow(
    /families\[0\]\.project: .*families\[0\]\.endpoint: .*families\[0\]\.sources\[0\]\.endpoints\.ecs: .*families\[0\]\.sources\[0\]\.secretId: /,
  );
});

test('strict warns of more groups than a project takes', () => {
  const document = {
    ...documentWith({}, { name: 'x-{team}-{role}-x', project: 'other' }),
    groups: Array.from({ length: 51 }, (_, at) => groupDocument({ name: `web-${at}`, policy: 'observe' })),
  };
  expect(suspicionsOf(parseSyncConfig(document))).toEqual([
    expect.stringMatching(/^families\[0\]\.maxGroups: is more than the project has room for/),
  ]);
});
