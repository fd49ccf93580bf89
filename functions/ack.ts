// POST /ack: a person says that they know of a group that needs attention.
import { startAckRuntime } from '../lib/runtime/acks/wire.ts';
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/ack.ts';

export const handler = httpFunction(operation(startAckRuntime()));
