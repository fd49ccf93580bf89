// What subscribers are told of a run in which something was refused or failed.

import { reportMarkdown } from './markdown.ts';
import type { RunReport } from './report.ts';

/**
 * Bytes of a message, escapes of JSON included: what SNS takes is 256 KiB (Publish page), and an SQS subscription puts
 * the message, as JSON text, beside a few fields of its own into as many.
 */
export const NOTICE_MAX_BYTES = 200 * 1024;

export interface Notice {
  /** ASCII on one line, of 100 characters at the most (Publish page). */
  readonly subject: string;
  readonly message: string;
}

/** Always fits; the gravest groups are told first, and those that there is no room for are counted. */
export function noticeOf(report: RunReport): Notice {
  const { failed, refused } = report.counts.byStatus;
  return {
    subject: `sls-machine-groups: ${refused} refused, ${failed} failed`,
    message: reportMarkdown(report, NOTICE_MAX_BYTES),
  };
}
