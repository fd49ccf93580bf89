// The machines of a group: changes to the configured list, and those whose heartbeat was seen.
import { type Behaviour, existingGroup, page } from '../call.ts';
import { parseMachines } from '../group-json.ts';
import { refusals } from '../refusal.ts';
import { asSet } from '../state.ts';

/**
 * `action` has no documented default and is asked for. Adding what is there and deleting what is not are
 * undocumented as well; the list being a set, neither is an error here.
 */
export const updateMachineGroupMachine: Behaviour = (call) => {
  const before = existingGroup(call);
  const action = call.query.get('action');
  if (!action) throw refusals.missingQuery('action');
  if (action !== 'add' && action !== 'delete') throw refusals.invalidQuery('action', action);
  const named = new Set(parseMachines(call.body));
  const others = before.machineList.filter((machine) => !named.has(machine));
  call.project.write(call.group, {
    ...before,
    machineList: asSet(action === 'add' ? [...others, ...named] : others),
    lastModifyTime: call.now,
  });
  return undefined;
};

/** Only machines that have connected; the configured list has no part in it. */
export const listMachines: Behaviour = (call) => {
  existingGroup(call);
  const { rows, total } = page(call.project.heartbeats.get(call.group) ?? [], call.query, 100);
  const machines = rows.map((machine) => ({ 'machine-uniqueid': '', 'userdefined-id': '', ...machine }));
  return { machines, count: machines.length, total };
};
