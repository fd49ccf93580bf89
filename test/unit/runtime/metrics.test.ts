// The figures of a run, as CloudWatch reads them from the log. What the alarms make of them: alarms.test.ts.
import { expect, test, vi } from 'vitest';
import type { GroupReport } from '../../../lib/core/report/report.ts';
import { reportRun } from '../../../lib/core/report/run.ts';
import { createRunMetrics, METRIC_NAMESPACE } from '../../../lib/runtime/sync/metrics.ts';
import { groupReport } from '../../support/group-report.ts';

const list = (count: number) => ({ count, members: Array.from({ length: count }, (_, n) => `10.0.0.${n}`) });

type Line = Record<string, unknown> & {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
};

/** Each line with the dimensions and the figures that CloudWatch takes from it. */
function printed(...groups: GroupReport[]) {
  const lines: Line[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    lines.push(JSON.parse(String(chunk)));
    return true;
  });
  const head = { runId: 'run', trigger: 'test', mode: 'apply', startedAt: 0, durationMs: 7 } as const;
  try {
    const standing = { Attention: 1, Waiting: 4, Converged: 5, Members: 60 };
    const attention = { new: 3, failing: 2, standing };
    createRunMetrics(() => 0, 'stage').record(reportRun({ ...head, groups }), attention, true);
  } finally {
    write.mockRestore();
  }
  return lines.map((line) => {
    const [directive, another] = line._aws.CloudWatchMetrics;
    expect([directive?.Namespace, another, directive?.Dimensions.length]).toEqual([
      METRIC_NAMESPACE,
      undefined,
      1,
    ]);
    const pick = (names: readonly string[] = []) =>
      Object.fromEntries(names.map((name) => [name, line[name]]));
    return {
      dimensions: pick(directive?.Dimensions[0]),
      figures: pick(directive?.Metrics.map(({ Name }) => Name)),
    };
  });
}

const freeze = { who: 'alice', reason: 'an incident', until: '2026-11-26T04:00:00.000Z' };

test('a run is counted once, with the sums over its groups', () => {
  const written = groupReport('web', 'written', {
    additions: list(3),
    removals: list(2),
    withheld: [{ by: 'incomplete', reason: 'x', type: 'remove', ...list(4) } as never],
    requests: [{ operation: 'GetMachineGroup', attempts: 2, throttled: 1 }],
  });
  const [run] = printed(written, groupReport('db', 'frozen', { freeze }));
  expect(run).toEqual({
    dimensions: { service: 'stage' },
    figures: {
      Runs: 1,
      Succeeded: 1,
      Failed: 0,
      Added: 3,
      Removed: 2,
      Withheld: 4,
      Refused: 0,
      IncompleteSources: 0,
      ApiCalls: 2,
      Throttled: 1,
      Frozen: 1,
      NewAttention: 3,
      Failing: 2,
      Scheduled: 1,
      Attention: 1,
      Waiting: 4,
      Converged: 5,
      Members: 60,
      LastSuccessAge: 0,
      Duration: 7,
    },
  });
});

test('groups that call for a look have a line each, with what calls for it; the others have none', () => {
  const withheld = [list(2), list(3)].map(
    (members) => ({ by: 'incomplete', reason: 'x', ...members }) as never,
  );
  const [, ...groups] = printed(
    groupReport('quiet', 'in-sync'),
    groupReport('refused', 'refused'),
    groupReport('failed', 'failed'),
    groupReport('held', 'withheld', { withheld }),
    groupReport('both', 'failed', { withheld }),
    groupReport('frozen', 'frozen', {
      freeze,
      withheld: [{ by: 'frozen', reason: 'x', ...list(3) } as never],
    }),
  );
  const group = (name: string) => ({ service: 'stage', group: `ali-test-project/${name}` });
  expect(groups).toEqual([
    { dimensions: group('refused'), figures: { GroupRefused: 1 } },
    { dimensions: group('failed'), figures: { GroupFailed: 1 } },
    { dimensions: group('held'), figures: { GroupWithheld: 5 } },
    { dimensions: group('both'), figures: { GroupFailed: 1, GroupWithheld: 5 } },
  ]);
});
