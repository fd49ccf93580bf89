// Reads a machine group.
import * as z from 'zod/mini';
import {
  IDENTIFY_TYPES,
  type IdentifyType,
  knownIdentify,
  type MachineGroup,
} from '../../core/group/machine-group.ts';
import { protocolError } from '../../sls/reading.ts';
import * as samples from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { groupName, projectName } from '../groups/fields.ts';
import type { AnswerOf, ReplyOf } from '../http/answers.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { placed } from '../http/input.ts';

const request = z.lazy(() => z.strictObject({ projectName: projectName(), groupName: groupName() }));

const seconds = () => z.int().check(z.describe('Unix seconds.'));

/**
 * A machine group as the documentation has it, and nothing else: a field of tomorrow, which no body of ours can
 * carry, would make what GET answers unfit for PUT and POST. PATCH keeps such fields without showing them.
 */
const answer = () =>
  z
    .object({
      groupName: z.string(),
      groupType: z.string(),
      groupAttribute: z.object({ externalName: z.string(), groupTopic: z.string() }),
      machineIdentifyType: z.enum(IDENTIFY_TYPES),
      machineList: z.array(z.string()),
      createTime: seconds(),
      lastModifyTime: seconds(),
    })
    .check(
      z.meta({ id: 'MachineGroup', description: 'A machine group as it is read; PUT and POST take it.' }),
    );

export const operation: GroupOperation<typeof request> = {
  serves: 'GetMachineGroup',
  from: placed,
  request,
  /** @throws SlsError of kind `protocol` for a kind of members that no body of ours can carry */
  async run({ project, groupName }, sls): Promise<ReplyOf<typeof answer>> {
    const { value, requestId } = await sls.getMachineGroup(project, groupName);
    const kind = knownIdentify(value.machineIdentifyType);
    if (kind === undefined) {
      const says = 'answer is not what the API documents: machineIdentifyType';
      const call = { operation: 'GetMachineGroup', project, group: groupName } as const;
      throw protocolError(call, 'AnswerNotUnderstood', says, requestId);
    }
    return { value: shown(value, kind), requestId };
  },
};

function shown(group: MachineGroup, machineIdentifyType: IdentifyType): AnswerOf<typeof answer> {
  const { groupName, groupType, machineList, createTime, lastModifyTime } = group;
  const { externalName, groupTopic } = group.groupAttribute;
  return {
    groupName,
    groupType,
    groupAttribute: { externalName, groupTopic },
    machineIdentifyType,
    machineList,
    createTime,
    lastModifyTime,
  };
}

export const documentation = () =>
  serving(operation, {
    tag: 'groups',
    summary: 'Read a machine group',
    description: 'The documented fields and no others, so that the answer fits PUT and POST.',
    answer: { description: 'The group.', schema: answer(), example: samples.group },
  });
