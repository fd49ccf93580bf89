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

/** Bytes kept for what to type. */
const COMMANDS_BYTES = 1024;

/** Always fits; the gravest groups are told first, and those that there is no room for are counted. @param where how commands name the deployment */
export function noticeOf(report: RunReport, where: string): Notice {
  const { failed, refused } = report.counts.byStatus;
  return {
    subject: `sls-machine-groups: ${refused} refused, ${failed} failed`,
    message: `${reportMarkdown(report, NOTICE_MAX_BYTES - COMMANDS_BYTES)}\nThe memory is of no help, so this is told after each run; what is wrong: \`sls-machine-groups doctor ${where}\`\n`,
  };
}
