// What SLS answers with, validated: lenient to fields we do not know, strict about those we decide by.
import * as z from 'zod/mini';
import type { MachineGroup } from '../core/machine-group.ts';

const attribute = z.nullish(
  z.looseObject({ groupTopic: z.nullish(z.string()), externalName: z.nullish(z.string()) }),
);

/**
 * A machine group as GetMachineGroup returns it. `machineList` has no default: a list that is missing is not
 * a list that is empty. Fields we do not know stay in the value, so that a full update writes them back.
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
      ...group,
      groupType: group.groupType ?? '',
      groupAttribute: {
        ...group.groupAttribute,
        externalName: group.groupAttribute?.externalName ?? '',
        groupTopic: group.groupAttribute?.groupTopic ?? '',
      },
    }),
  ),
);

/** An error answer: SLS's own two fields, whatever else stands beside them. */
export const errorAnswer = z.looseObject({ errorCode: z.string(), errorMessage: z.optional(z.string()) });
