// The log of this process. Apart from the composition root, so that a function that needs nothing else brings nothing
// else along.
import { createLog, type Log } from './log.ts';

export const log: Log = createLog((line) => process.stdout.write(`${line}\n`), Date.now);
