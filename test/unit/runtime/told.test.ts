// What a report tells of the calls that a group took.
import { expect, test } from 'vitest';
import { requestReports } from '../../../lib/runtime/sync/told.ts';
import type { Outcome } from '../../../lib/sls/call.ts';
import { type CallTarget, SlsError } from '../../../lib/sls/errors.ts';

const callOf = (operation: CallTarget['operation']): CallTarget => ({
  operation,
  project: 'p',
  group: 'web',
});

function refused(call: CallTarget, kind: SlsError['kind'], status: number, requestId: string): Outcome {
  const error = new SlsError('no', { ...call, kind, code: kind, status, requestId });
  return { call, status, requestId, error };
}

test('is one line a call, with how its last attempt ended, also when calls overlap', () => {
  const update = callOf('UpdateMachineGroup');
  const look = callOf('GetMachineGroup');
  const again = callOf('GetMachineGroup');
  const reports = requestReports([
    { call: look, status: 200, requestId: 'A' },
    refused(update, 'throttled', 403, 'B'),
    { call: again, status: 200, requestId: 'C' },
    refused(update, 'throttled', 403, 'D'),
    { call: update, status: 200, requestId: 'E' },
  ]);
  expect(reports).toEqual([
    { operation: 'GetMachineGroup', status: 200, requestId: 'A', attempts: 1, throttled: 0 },
    { operation: 'UpdateMachineGroup', status: 200, requestId: 'E', attempts: 3, throttled: 2 },
    { operation: 'GetMachineGroup', status: 200, requestId: 'C', attempts: 1, throttled: 0 },
  ]);
});

test('names no status and no id where there was no answer', () => {
  const call = callOf('GetMachineGroup');
  const error = new SlsError('no', { ...call, kind: 'unreachable', code: 'ConnectionFailed' });
  expect(requestReports([{ call, status: undefined, requestId: undefined, error }])).toEqual([
    { operation: 'GetMachineGroup', attempts: 1, throttled: 0 },
  ]);
  expect(requestReports([])).toEqual([]);
});
