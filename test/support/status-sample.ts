// A status with something of everything, made as the functions make it, and with names and words that try to be markup.
import { NO_GROUP } from '../../lib/core/memory/group.ts';
import type { RunNote } from '../../lib/core/memory/runs.ts';
import { DAY, HOUR } from '../../lib/core/removal/settings.ts';
import { whereIs } from '../../lib/core/status/command.ts';
import { type GroupStanding, standingOf } from '../../lib/core/status/group.ts';
import { type Status, statusOf } from '../../lib/core/status/status.ts';

export const NOW = Date.UTC(2026, 1, 3, 4, 5, 6);
export const WHERE = whereIs('sls-machine-groups-prod');

/** Runs, loads or closes something if it is taken for markup anywhere. */
export const HOSTILE =
  '"><img src=x onerror="document.title=1"></pre></details><script>document.title=1</script><a href=javascript:1>\'&amp;\u202E';
/** One word of hundreds of characters: it has to break. */
export const WIDE = 'w'.repeat(300);

const PROJECT = 'ali-test-project';
const hour = Math.floor(NOW / HOUR);

export const run = (at: number, more: Partial<RunNote> = {}): RunNote => ({
  runId: '1b4e28ba-2fa1-41d2-883f-0016d3cca427',
  at,
  trigger: 'the schedule',
  status: 'ok',
  groups: 4,
  added: 3,
  removed: 1,
  refused: 0,
  failed: 0,
  ...more,
});

/** A group as the memory has it. */
export function standing(name: string, item: object = {}, named: object = {}): GroupStanding {
  const read = { readable: true, item: { ...NO_GROUP, ...item } } as const;
  return standingOf({ key: `${PROJECT}/${name}`, policy: 'sync', ...named }, read, NOW, WHERE);
}

const missing = (...names: string[]) => ({
  since: 0,
  readingAt: 0,
  missing: new Map(names.map((name) => [name, { since: NOW - 2 * HOUR, readings: 4 }])),
  added: new Map(),
  weak: new Map(),
});

const members = (...steps: [number, number][]) => ({
  members: new Map(steps.map(([ago, count]) => [hour - ago, count])),
});

export const attention = (code: string, says: string, since = NOW - 3 * HOUR) => ({
  verdict: { is: 'attention', since, code, says },
});

export function sampleStatus(): Status {
  const who = 'arn:aws:iam::123456789012:user/ann';
  const groups: GroupStanding[] = [
    standing(
      'web',
      {
        ...attention(
          'refused day-limit',
          '9 of 12 members are missing without proof; approve the removals if the machines are gone',
        ),
        ...members([30, 12]),
        removal: missing('10.0.1.11', '10.0.1.12'),
        coverage: {
          at: NOW - HOUR,
          wanted: 12,
          reporting: 9,
          silent: 2,
          never: 1,
          starting: 0,
          elsewhere: 0,
          strangers: 4,
        },
      },
      { contact: '#web-on-call' },
    ),
    standing('db', {
      ...attention(
        'left-alone foreign',
        'the group carries another system’s mark; set adopt: true to take it over',
        NOW - 9 * DAY,
      ),
      ...members([10, 4]),
      ack: { who, reason: 'being moved', at: NOW - DAY, until: NOW + DAY, code: 'left-alone foreign' },
    }),
    standing(
      HOSTILE,
      { ...attention('failing', `runs fail, the last with ${HOSTILE}`), ...members([30, 0], [1, 7]) },
      { contact: HOSTILE },
    ),
    standing(WIDE, attention('failing', WIDE)),
    standing('batch', {
      verdict: { is: 'waiting', since: NOW - HOUR, code: 'held', says: 'a removal waits' },
      ...members([5, 3]),
    }),
    standing('new'),
    ...['api', 'cache', 'edge'].map((name) =>
      standing(name, {
        verdict: { is: 'converged', since: NOW - 2 * DAY },
        ...members([40, 20], [12, 24], [3, 22]),
      }),
    ),
  ];
  return statusOf({
    deployment: 'sls-machine-groups-prod',
    where: WHERE,
    now: NOW,
    groups,
    freezes: [
      { group: `${PROJECT}/db`, who, reason: 'a migration', until: NOW + 5 * HOUR },
      { group: `${PROJECT}/${WIDE}`, who: HOSTILE, reason: HOSTILE, until: NOW + DAY },
      { group: '*', who, reason: 'over', until: NOW - 1 },
    ],
    approvals: [
      [
        `${PROJECT}/web`,
        [
          {
            id: 'a'.repeat(36),
            removals: ['10.0.1.11'],
            who,
            reason: HOSTILE,
            at: NOW - HOUR,
            until: NOW + HOUR,
            approvers: 2,
          },
        ],
      ],
    ],
    runs: {
      scheduled: run(NOW - 4 * 60_000, { added: 0, removed: 0, refused: 1, status: 'refused' }),
      runs: [run(NOW - HOUR, { trigger: HOSTILE, caller: WIDE }), run(NOW - 2 * HOUR)],
    },
  });
}
