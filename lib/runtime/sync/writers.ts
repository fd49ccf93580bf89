// The writers a run can have. A mere plan and the policy `observe` get one that writes nothing: whoever decides
// does not know which one it will be.
import { writeChange } from './group-access.ts';
import type { GroupWriter, Ports } from './reconcile.ts';

const planned: GroupWriter = { status: 'planned', write: async () => ({ unwritten: [] }) };
const recorded: GroupWriter = { status: 'recorded', write: async () => ({ unwritten: [] }) };

type Writing = Pick<Ports, 'writers' | 'looksTwice'>;

/** For `mode: "plan"`. */
export const PLAN_ONLY: Writing = { writers: { apply: planned, record: planned }, looksTwice: false };

/** For `mode: "apply"`. */
export function applying(sleep: (ms: number) => Promise<void>): Writing {
  const written: GroupWriter = {
    status: 'written',
    write: (decision, sls) => writeChange(decision, sls, sleep),
  };
  return { writers: { apply: written, record: recorded }, looksTwice: true };
}
