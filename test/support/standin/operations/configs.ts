// Logtail configs and the groups they are applied to. Configs themselves are made by the test.
import { type Behaviour, existingConfig, existingGroup } from '../call.ts';

export const applyConfigToMachineGroup: Behaviour = (call) => {
  const { groupName } = existingGroup(call);
  const config = existingConfig(call);
  const { applied } = call.project;
  applied.set(groupName, new Set(applied.get(groupName)).add(config));
  return undefined;
};

export const removeConfigFromMachineGroup: Behaviour = (call) => {
  const { groupName } = existingGroup(call);
  const config = existingConfig(call);
  call.project.applied.get(groupName)?.delete(config);
  return undefined;
};

export const getAppliedConfigs: Behaviour = (call) => {
  const { groupName } = existingGroup(call);
  const { applied, configs: known } = call.project;
  const configs = [...(applied.get(groupName) ?? [])].filter((config) => known.has(config)).sort();
  return { configs, count: configs.length };
};

export const getAppliedMachineGroups: Behaviour = (call) => {
  const config = existingConfig(call);
  const { applied, groups } = call.project;
  const machinegroups = [...applied]
    .filter(([group, configs]) => groups.has(group) && configs.has(config))
    .map(([group]) => group)
    .sort();
  return { machinegroups, count: machinegroups.length };
};
