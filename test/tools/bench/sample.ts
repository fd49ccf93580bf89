// The group that is read again and again.
import type { MachineGroupDefinition } from '../../../lib/core/group/machine-group.ts';

export const GROUP: MachineGroupDefinition = {
  groupName: 'bench-group',
  groupType: '',
  machineIdentifyType: 'ip',
  groupAttribute: { groupTopic: 'bench', externalName: 'sls-machine-groups/bench' },
  machineList: Array.from({ length: 10 }, (_, index) => `10.0.0.${index + 1}`),
};
