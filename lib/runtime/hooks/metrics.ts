// How requests to hooks ended, in CloudWatch, as EMF lines on stdout: a metric per ending, and nothing in it that a
// stranger can choose.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE } from '../sync/metrics.ts';

const METRIC = {
  accepted: 'HookAccepted',
  repeated: 'HookRepeated',
  'too-large': 'HookTooLarge',
  unknown: 'HookUnknown',
  unsigned: 'HookUnsigned',
  forged: 'HookForged',
  undated: 'HookUndated',
  expired: 'HookExpired',
  failed: 'HookFailed',
} as const;

export type HookOutcome = keyof typeof METRIC;

/** @param service value of the one dimension */
export function createHookCounter(service: string): (outcome: HookOutcome) => void {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  return (outcome) => {
    metrics.addMetric(METRIC[outcome], MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  };
}
