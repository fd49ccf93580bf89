// What SLS answers with, validated: lenient to fields we do not know, strict about those we decide by.
import * as z from 'zod/mini';
import type { MachineGroup } from '../core/machine-group.ts';

const attribute = z.nullish(
  z.looseObject({ groupTopic: z.nullish(z.string()), externalName: z.nullish(z.string()) }),
);

/**
 * A machine group as GetMachineGroup returns it. `machineList` has no default: a list that is missing is not
 * a list that is empty.
 */
export const machineGroupAnswer = z.pipe(
  z.looseObject({
    groupName: z.string(),
    groupType: z.nullish(z.string()),
    machineIdentifyType: z.string(),
    groupAttribute: attribute,
    machineList: z.array(z.string()),
    createTime: z.number(),
    lastModifyTime: z.number(),
  }),
  z.transform(
    (group): MachineGroup => ({
      groupName: group.groupName,
      groupType: group.groupType ?? '',
      groupAttribute: {
        externalName: group.groupAttribute?.externalName ?? '',
        groupTopic: group.groupAttribute?.groupTopic ?? '',
      },
      machineIdentifyType: group.machineIdentifyType,
      machineList: group.machineList,
      createTime: group.createTime,
      lastModifyTime: group.lastModifyTime,
    }),
  ),
);

/** An error answer: SLS's own two fields, whatever else stands beside them. */
export const errorAnswer = z.looseObject({ errorCode: z.string(), errorMessage: z.optional(z.string()) });
