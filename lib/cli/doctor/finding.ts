// One line of the doctor.

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

/** Code and message of whatever was thrown, and nothing else of it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `${code}: ${error.message}` : error.message;
}
