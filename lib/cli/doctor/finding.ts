// One line of the doctor.
import { awsFaultOf } from '../aws-fault.ts';

export type Verdict = 'ok' | 'warning' | 'wrong';

export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  readonly says: string;
  /** What to do about it; none where nothing has to be done. */
  readonly todo?: string;
}

export const ok = (check: string, says: string): Finding => ({ check, verdict: 'ok', says });
export const warning = (check: string, says: string, todo: string): Finding => ({
  check,
  verdict: 'warning',
  says,
  todo,
});
export const wrong = (check: string, says: string, todo: string): Finding => ({
  check,
  verdict: 'wrong',
  says,
  todo,
});

/**
 * What to do about something that AWS did not give: a right is missing only where AWS answered so.
 * @param right what to do otherwise
 */
export function todoOf(error: unknown, right: string): string {
  const { code } = Object(error) as { code?: unknown };
  if (code === 'unreachable' || code === 'timeout')
    return 'it was not reached from here: look at the region, DNS, proxies and firewalls';
  return code === 'throttled' ? 'AWS takes no more calls for now: try again in a minute' : right;
}

/** Code and message of whatever was thrown, and nothing else of it. */
export function reasonOf(error: unknown): string {
  const fault = awsFaultOf(error);
  if (fault !== undefined) return fault;
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `${code}: ${error.message}` : error.message;
}
