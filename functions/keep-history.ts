// Records that could not be put into the bucket of the history, from the queue: puts them now.
import { keepWaiting, startWaiting } from '../lib/runtime/history/keep-waiting.ts';

export const handler = keepWaiting(startWaiting());
