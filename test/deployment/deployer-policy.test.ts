// Whether docs/deployer-policy.json lets whoever deploys do what the pages ask for: make, change and delete each resource
// of the stack, and run the commands. What AWS checks stands in deployer-needs.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';
import { pageAt } from '../support/pages.ts';
import { ACCESS_LOG, arn, COMMANDS, type Needs, on, PROGRAMS, TYPES } from './deployer-needs.ts';
import { oslsPackage, type Package, type Statement } from './osls.ts';

const TEXT = readFileSync(join(ROOT, 'docs/deployer-policy.json'), 'utf8');
const { Statement: STATEMENTS } = JSON.parse(TEXT) as { readonly Statement: readonly Statement[] };

/** What IAM takes for a managed policy, white space left out. */
const POLICY_MAX = 6_144;

const named = (pattern: string, text: string) =>
  new RegExp(`^${pattern.replace(/[.+?^$(){}|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(text);

/** Whether some statement has both; conditions are looked at where they stand. @param on an ARN, or "*" for none */
function isAllowed(action: string, on: string): boolean {
  return STATEMENTS.some(
    ({ Effect, Action, Resource }) =>
      Effect === 'Allow' &&
      [Action].flat().some((pattern) => named(pattern, action)) &&
      [Resource].flat().some((pattern) => (on === '*' ? pattern === '*' : named(String(pattern), on))),
  );
}

const lacking = (needs: Needs) =>
  Object.entries(needs).flatMap(([action, resource]) =>
    isAllowed(action, resource) ? [] : [`${action} on ${resource}`],
  );

let made: Package;
beforeAll(async () => {
  made = await oslsPackage('topic=new');
}, 300_000);
afterAll(() => made?.remove());

test('lets whoever deploys create, change and delete each type of resource in the stack', () => {
  const types = new Set(
    Object.values(made.template.Resources as Record<string, { readonly Type: string }>).map(
      ({ Type }) => Type,
    ),
  );
  expect([...types].sort(), 'types that the table of this test has').toEqual(Object.keys(TYPES).sort());
  const denied = [...types].flatMap((type) => lacking(TYPES[type] ?? {}).map((what) => `${type}: ${what}`));
  expect(denied).toEqual([]);
});

test('covers the log groups of the stack, the gateway’s too, by their names', () => {
  const names = made
    .ofType('AWS::Logs::LogGroup')
    .map(({ Properties: { LogGroupName = '' } }) => LogGroupName);
  expect(names.length).toBeGreaterThan(1);
  const denied = names.flatMap((name) =>
    lacking(on(arn('logs', `log-group:${name}:*`), 'logs:CreateLogGroup')),
  );
  expect(denied).toEqual([]);
  expect(lacking(on(ACCESS_LOG, 'logs:FilterLogEvents'))).toEqual([]);
});

test.each(['docs/deploying.md', 'docs/operations.md', 'docs/release.md'])(
  'lets whoever deploys run the commands of %s',
  (path) => {
    const shell = pageAt(path).blocks.filter(({ info }) => /^sh\b/.test(info));
    const commands = shell.flatMap(({ text }) =>
      Array.from(text.matchAll(/\baws ([a-z0-9]+ [a-z][a-z-]+)/g), ([, command = '']) => command),
    );
    expect(commands.length).toBeGreaterThan(1);
    expect(
      commands.filter((command) => !(command in COMMANDS)),
      'not in the table of this test',
    ).toEqual([]);
    expect(commands.flatMap((command) => lacking(COMMANDS[command] ?? {}))).toEqual([]);
    // What they name is made by the pages or by the stack, and the policy covers it.
    const buckets = shell.flatMap(({ text }) =>
      Array.from(text.matchAll(/(?:s3:\/\/|--bucket )([\w.-]+)/g), ([, bucket = '']) => bucket),
    );
    expect(buckets.flatMap((bucket) => lacking(on(`arn:aws:s3:::${bucket}`, 's3:ListBucket')))).toEqual([]);
  },
);

test('lets whoever deploys run the smoke test, the doctor and a plan', () => {
  expect(lacking(PROGRAMS)).toEqual([]);
});

test('is a policy that IAM takes: each Sid once, and not too long', () => {
  const sids = (JSON.parse(TEXT).Statement as { Sid: string }[]).map(({ Sid }) => Sid);
  expect(sids.filter((sid, at) => !/^[A-Za-z0-9]+$/.test(sid) || sids.indexOf(sid) !== at)).toEqual([]);
  expect(JSON.stringify(JSON.parse(TEXT)).length).toBeLessThanOrEqual(POLICY_MAX);
});
