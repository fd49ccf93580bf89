// A suite or test that needs a tool which is not on every machine: it is skipped, and the end of the run says why.
import 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why it is skipped. */
    skipped?: string;
  }
}

/**
 * Options for `describe` and `test`.
 * @param missing why it cannot run here, and what to do about that; undefined when it can
 */
export const needs = (missing: string | undefined) =>
  missing === undefined ? {} : { skip: true, meta: { skipped: missing } };
