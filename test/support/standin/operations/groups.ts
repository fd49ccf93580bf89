// Create, get, list, update and delete of machine groups.
import { type Behaviour, existingGroup, page } from '../call.ts';
import { parseGroup } from '../group-json.ts';
import { groupExists, groupMissing, refusals } from '../refusal.ts';
import { asSet } from '../state.ts';

export const createMachineGroup: Behaviour = ({ project, body, now, settings }) => {
  const group = parseGroup(body);
  if (project.groups.has(group.groupName)) throw groupExists(settings.errorFamily, group.groupName);
  if (project.groups.size >= settings.groupQuota) throw refusals.groupQuota(settings.groupQuota);
  project.write(group.groupName, {
    ...group,
    machineList: asSet(group.machineList),
    createTime: now,
    lastModifyTime: now,
  });
  return undefined;
};

export const getMachineGroup: Behaviour = ({ visibleGroups, group, settings }) => {
  const stored = visibleGroups.get(group);
  if (!stored) throw groupMissing(settings.errorFamily, group);
  return stored;
};

export const listMachineGroup: Behaviour = ({ visibleGroups, query }) => {
  const part = query.get('groupName') ?? '';
  const names = [...visibleGroups.keys()].filter((name) => name.includes(part)).sort();
  const { rows, total } = page(names, query, 500);
  return { machinegroups: rows, count: rows.length, total };
};

/** A full replacement: what the body leaves out is cleared. The name in the body has to be that in the path. */
export const updateMachineGroup: Behaviour = (call) => {
  const before = existingGroup(call);
  const group = parseGroup(call.body, before.groupName);
  call.project.write(group.groupName, {
    ...group,
    machineList: asSet(group.machineList),
    createTime: before.createTime,
    lastModifyTime: call.now,
  });
  return undefined;
};

/** Bound configs are detached. A second delete finds no group. */
export const deleteMachineGroup: Behaviour = (call) => {
  call.project.write(existingGroup(call).groupName, undefined);
  return undefined;
};
