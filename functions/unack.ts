// DELETE /ack?group=project/name: takes an acknowledgement back.
import { startAckRuntime } from '../lib/runtime/acks/wire.ts';
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/unack.ts';

export const handler = httpFunction(operation(startAckRuntime()));
