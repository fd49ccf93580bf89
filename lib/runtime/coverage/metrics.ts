// What a run of coverage leaves in CloudWatch, as one EMF line on stdout. Figures over all groups and nothing by group: each
// metric and dimension is paid for by the month, and the log names the groups that dropped.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { CoverageTotals } from '../../core/coverage/report.ts';
import { METRIC_NAMESPACE } from '../sync/metrics.ts';

export interface CoverageMetrics {
  /** @param drops groups whose share has dropped since the run before: one that stands hides no other */
  record(total: CoverageTotals, drops: number): void;
}

/** @param service value of the one dimension */
export function createCoverageMetrics(service: string): CoverageMetrics {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  return {
    record(total, drops) {
      const { share, unmeasured, wanted, reporting, silent, never, elsewhere, strangers } = total;
      const values = {
        CoverageDrops: drops,
        CoverageUnmeasured: unmeasured,
        // Where no group was ever measured there is no share: that is no drop to zero.
        ...(share !== undefined && {
          CoverageWanted: wanted,
          CoverageReporting: reporting,
          CoverageSilent: silent,
          CoverageNever: never,
          CoverageElsewhere: elsewhere,
          CoverageStrangers: strangers,
        }),
      };
      for (const [name, value] of Object.entries(values)) metrics.addMetric(name, MetricUnit.Count, value);
      if (share !== undefined) metrics.addMetric('Coverage', MetricUnit.Percent, share * 100);
      metrics.publishStoredMetrics();
    },
  };
}
