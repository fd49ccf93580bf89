// What Lambda bills for an invocation that was measured here, where it has a whole core.
import { MEMORY_MIB, type WorkerProcess } from './worker-process.ts';

export { MEMORY_MIB };

/** An invocation, in milliseconds by the clock and of CPU. */
export type Took = WorkerProcess['invocations'][number];

/** MiB at which a function has a whole core (Lambda developer guide, "Configure Lambda function memory"). */
export const WHOLE_CORE_MIB = 1_769;

/** Lambda gives a function a part of a core: its CPU time takes that much longer, its waiting does not. */
export const billedMs = ({ ms, cpuMs }: Took): number =>
  Math.max(0, ms - cpuMs) + cpuMs * Math.max(1, WHOLE_CORE_MIB / MEMORY_MIB);
