import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import { WAITS } from '../../../../lib/core/refusal/codes.ts';
import { type Done, reportGroup } from '../../../../lib/core/report/group.ts';
import { code, reportMarkdown } from '../../../../lib/core/report/markdown.ts';
import type { RunReport } from '../../../../lib/core/report/report.ts';
import { reportRun } from '../../../../lib/core/report/run.ts';
import {
  approvalOf,
  decideOn,
  definitionOf,
  groupConfig,
  machines,
  marked,
  PARTIAL,
  present,
  wanted,
} from '../values.ts';

const done: Done = { requests: [], durationMs: 5 };
const ten = machines(10);
const named = (name: string, rest = {}) => groupConfig({ name, ...rest });

function run(groups: RunReport['groups'], rest: Partial<Parameters<typeof reportRun>[0]> = {}): RunReport {
  return reportRun({
    runId: 'r-1',
    trigger: 'the schedule',
    mode: 'plan',
    startedAt: 1_790_000_000_000,
    durationMs: 34,
    groups,
    ...rest,
  });
}

test('shows a plan with figures, members and the fingerprint to approve', () => {
  const refused = decideOn({ group: named('db'), current: present(ten), wanted: wanted(ten.slice(4)) });
  const change = decideOn({
    group: named('web', { adopt: true, topic: 'web' }),
    current: marked(ten, 'testgroup'),
    wanted: wanted([...ten.slice(2), '10.9.9.9']),
  });
  const held = decideOn({
    group: named('api'),
    current: present(ten),
    wanted: wanted(ten.slice(2), { completeness: PARTIAL }),
  });
  const created = decideOn({ group: named('new'), current: ABSENT, wanted: wanted(machines(25)) });
  const alone = decideOn({ group: named('theirs'), current: marked(ten, 'x'), wanted: wanted(ten) });
  const report = run([
    reportGroup(refused, done),
    reportGroup(change, { ...done, status: 'planned' }),
    reportGroup(held, done),
    reportGroup(created, { ...done, status: 'planned' }),
    reportGroup(alone, done),
    reportGroup(decideOn({ group: named('quiet') }), done),
  ]);
  const limit =
    '4 of 10 members are missing, and nothing proves that their machines are gone; without proof at most 3 may go in 24 hours (maxRemovalShare 30 % of the 10 that are older than a day, maxSmallRemovals 2)';
  const list = (members: readonly string[]) => members.map((member) => `\`${member}\``).join(', ');
  expect(reportMarkdown(report)).toBe(`## Machine groups: plan, refused, 1 group left alone

Run \`r-1\`, asked for by \`the schedule\`, began 2026-09-21T14:13:20.000Z.
6 groups: 1 in-sync, 2 planned, 1 withheld, 1 left-alone, 1 refused. Machines: 26 to add, 2 to remove, 6 withheld.

### \`ali-test-project/db\`: refused

- 10 members now, 6 wanted, policy sync
- Withheld (limit): remove 4: ${list(ten.slice(0, 4))}
- **Refused** (day-limit): \`${limit}; ${WAITS.limit.todo}\`
- Fingerprint of everything missing, for an approval: \`${refused.fingerprint}\`

### \`ali-test-project/api\`: withheld

- 10 members now, 8 wanted, policy sync
- Not read completely: \`sources[0] static: page 2 is missing\`
- Withheld (incomplete): remove 2: ${list(ten.slice(0, 2))}; \`the inventory was not read completely, so the member may be in the rest; correct the source: an approval does not help\`

### \`ali-test-project/theirs\`: left-alone

- 10 members now, 10 wanted, policy sync
- Left alone (foreign): \`the group carries another system’s mark "x"; set adopt: true to take it over\`

### \`ali-test-project/web\`: planned

- 10 members now, 9 wanted, policy sync
- Put the owner mark on the group
- Correct the topic
- Add 1: \`10.9.9.9\`
- Remove 2 (unheard): ${list(ten.slice(0, 2))}; \`ListMachines was denied\`

### \`ali-test-project/new\`: planned

- 0 members now, 25 wanted, policy sync
- Create the group
- Add 25: ${list(machines(25).sort().slice(0, 20))} and 5 more

In sync: \`ali-test-project/quiet\`
`);
});

test('says what became of an apply', () => {
  const plan = { current: present(ten), wanted: wanted(ten.slice(4)) };
  const approvals = [approvalOf(ten.slice(0, 4), { reason: 'old site closed' })];
  const approved = decideOn({ ...plan, approvals });
  const topicOnly = decideOn({ group: groupConfig({ name: 'old', topic: 'x', policy: 'create-only' }) });
  const text = reportMarkdown(
    run(
      [
        reportGroup(approved, {
          ...done,
          error: { code: 'ServerBusy', message: 'try `later`', requestId: 'A2' },
          unwritten: {
            operation: 'update',
            definition: { ...definitionOf(ten.slice(0, 4)), machineIdentifyType: 'ip' },
          },
        }),
        reportGroup(topicOnly, { ...done, error: { code: 'X', message: 'y' } }),
      ],
      { mode: 'apply' },
    ),
  );
  expect(text).toContain('## Machine groups: apply, failed\n');
  expect(text).toContain('\n- Approved by `ann` (`a1`): `old site closed`\n');
  expect(text).toContain(
    '\n- Not written: update of 4\n- **Failed** (`ServerBusy`, request `A2`): `` try `later` ``',
  );
  expect(text).toContain(
    '\n- Withheld (policy): topic; `policy create-only lets only create through; set a policy that allows it`\n- Warning: `the inventory has no machine for this group`\n- **Failed** (`X`): `y`\n',
  );
  expect(text).not.toContain('Fingerprint');
});

describe('says of a group', () => {
  const sectionOf = (config: object, current: Parameters<typeof decideOn>[0], status?: Done['status']) => {
    const decision = decideOn({ ...current, group: named('web', config) });
    return reportMarkdown(run([reportGroup(decision, { ...done, ...(status && { status }) })]));
  };
  const contact = '#web-on-call';
  const limited = { current: present(ten), wanted: wanted(ten.slice(4)) };
  const grown = { current: present(ten), wanted: wanted(machines(11)) };

  test.each<[string, boolean, string]>([
    ['that is refused', true, sectionOf({ contact }, limited)],
    [
      'whose removals want an approval',
      true,
      sectionOf(
        { contact, policy: 'approve-removals' },
        { current: present(ten), wanted: wanted(ten.slice(1)) },
      ),
    ],
    ['that is left alone', true, sectionOf({ contact }, { ...grown, current: marked(ten, 'x') })],
    ['that only grows', false, sectionOf({ contact }, grown, 'planned')],
  ])('whom to tell, of one %s', (_, isTold, text) => {
    expect(text.includes('\n- Contact: `#web-on-call`\n')).toBe(isTold);
  });

  test('that its policy writes nothing', () => {
    const line = '\n- Policy observe: nothing of this is written.\n';
    expect(sectionOf({ policy: 'observe' }, grown, 'recorded')).toContain(line);
    expect(sectionOf({}, grown, 'planned')).not.toContain(line);
  });

  test.each<[string, object, string]>([
    ['of a list', {}, 'the inventory has no machine for this group'],
    [
      'of EC2 by tags',
      {
        sources: [
          { type: 'ec2', regions: ['eu-central-1', 'eu-west-1'], tags: { role: 'web' } },
          { type: 'ec2', regions: ['us-east-1'], all: true },
        ],
      },
      'the inventory has no machine for this group: nothing in eu-central-1, eu-west-1 matches the tags; keys and values are case-sensitive',
    ],
  ])('that no machine is wanted, %s', (_, config, says) => {
    const text = sectionOf(config, { current: ABSENT, wanted: wanted([]) }, 'planned');
    expect(text).toContain(`\n- Warning: \`${says}\`\n`);
    expect(sectionOf(config, grown, 'planned')).not.toContain(says);
  });

  test('in the title, that it is left alone, but under observe', () => {
    const alone = { ...grown, current: marked(ten, 'x') };
    expect(sectionOf({}, alone)).toContain('## Machine groups: plan, ok, 1 group left alone\n');
    expect(sectionOf({ policy: 'observe' }, alone)).toContain('## Machine groups: plan, ok\n');
  });
});

test('gives warnings', () => {
  const decision = decideOn({ current: present(['host?']), wanted: wanted(['10.0.0.1']) });
  expect(reportMarkdown(run([reportGroup(decision, { ...done, status: 'planned' })]))).toContain(
    '\n- Warning: `members of the group that are not addresses; they count like any other: "host?"`\n',
  );
});

describe('names from outside cannot leave their code span', () => {
  test.each([
    ['plain', '`plain`'],
    ['', '`  `'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['``x', '``` ``x ```'],
    [' x ', '`  x  `'],
    ['a\nb', '`a<U+000A>b`'],
    ['# h\r\n- <!-- @here', '`# h<U+000D><U+000A>- <!-- @here`'],
    ['a\u202eb\u2028\u0000', '`a<U+202E>b<U+2028><U+0000>`'],
    ['a|b', '`a|b`'],
  ])('for the name %j', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  test('whatever they are: one line, and no run of backticks as long as the fence inside', () => {
    const hostile = fc.array(fc.constantFrom('`', '``', '\n', ' ', 'x', '*', '[', '\u2028', '<b>'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(hostile, (parts) => {
        const span = code(parts.join(''));
        const [fence = ''] = span.match(/^`+/) ?? [];
        expect(span).not.toMatch(/[\n\r\u2028\u2029]/);
        expect(span.endsWith(fence)).toBe(true);
        const inside = span.slice(fence.length, -fence.length);
        expect(inside.match(/`+/g)?.every((run) => run.length !== fence.length) ?? true).toBe(true);
        expect(/^`|`$/.test(inside)).toBe(false);
      }),
    );
  });

  test('anywhere in a whole report', () => {
    const evil = 'x`\n## Approved by everyone\n[link](https://evil.example) @here';
    const decision = decideOn({
      group: groupConfig({ identify: 'userdefined' }),
      current: present([evil], { machineIdentifyType: 'userdefined' }),
      wanted: wanted(['a', 'b']),
    });
    const text = reportMarkdown(
      run([reportGroup(decision, { ...done, status: 'planned' })], { trigger: evil }),
    );
    expect(text.match(/^#+ .*$/gm)).toEqual([
      '## Machine groups: plan, ok',
      '### `ali-test-project/web`: planned',
    ]);
    expect(text).not.toMatch(/^\[link/m);
  });
});
