// A machine group as callers get it.
import type * as z from 'zod/mini';
import type { MachineGroup } from '../core/group/machine-group.ts';
import type { groupAnswer } from './answers.ts';

export function shownGroup(group: MachineGroup): z.output<typeof groupAnswer> {
  const { groupName, groupType, machineIdentifyType, machineList, createTime, lastModifyTime } = group;
  const { externalName, groupTopic } = group.groupAttribute;
  return {
    groupName,
    groupType,
    groupAttribute: { externalName, groupTopic },
    machineIdentifyType,
    machineList: [...machineList],
    createTime,
    lastModifyTime,
  };
}
