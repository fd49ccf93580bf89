// The function behind the schedule of coverage. It measures every group of the configuration, so that what sets it off has
// nothing to say; what says something else is refused.

import type { Context } from 'aws-lambda';
import type { CoverageReport } from '../../core/coverage/report.ts';
import { fitting } from '../../core/memory/bounds.ts';
import { REPORT_MARGIN_MS } from '../../core/time/timeouts.ts';
import { readTrigger } from '../../core/trigger/trigger.ts';
import { UnknownEvent } from '../sync/unknown-event.ts';
import type { SyncRuntime } from '../sync/wire.ts';
import { createCoverageMetrics } from './metrics.ts';
import { runCoverage } from './run.ts';

/** Bytes of the groups in an answer: far below what Lambda sends. */
const GROUPS_MAX_BYTES = 2_000_000;

export function coverageFunction(runtime: () => SyncRuntime) {
  return async (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<CoverageReport | { readonly ignored: string }> => {
    const { now, loadConfig, environment, log } = runtime();
    const due = now() + context.getRemainingTimeInMillis() - REPORT_MARGIN_MS;
    if (!isEmpty(event)) {
      const { kind, says } = readTrigger(event);
      if (kind === 'malformed') throw new UnknownEvent(says);
      if (kind === 'ignored') {
        log('info', 'event.ignored', { says });
        return { ignored: says };
      }
      if (kind !== 'schedule')
        throw new UnknownEvent(
          `coverage measures every group, by a schedule or invoked with {}: not by ${says}`,
        );
    }
    const config = await loadConfig();
    const metrics = createCoverageMetrics(environment.metricsService);
    const report = await runCoverage(runtime(), { config, due }, metrics);
    const groups = fitting(report.groups, GROUPS_MAX_BYTES);
    return { ...report, groups, leftOut: report.groups.length - groups.length };
  };
}

/** As a direct invocation without a payload is, or with an empty one. */
function isEmpty(event: unknown): boolean {
  if (event === undefined || event === null) return true;
  return typeof event === 'object' && !Array.isArray(event) && Object.keys(event).length === 0;
}
