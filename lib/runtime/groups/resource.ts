// A whole machine group as callers send it. Wire shapes are those of the API documentation; unknown fields are
// refused by name, addresses get their one spelling.
import * as z from 'zod/mini';
import type { MachineGroupDefinition } from '../../core/group/machine-group.ts';
import { untold } from '../../core/text/issues.ts';
import type { NameRule } from '../../core/text/rule.ts';
import {
  externalName,
  groupType,
  identifyType,
  machineList,
  named,
  owner,
  projectName,
  throughFreeze,
  times,
  topic,
} from './fields.ts';
import { readMembers } from './members.ts';

/** The documented body, with `projectName` and `owner` beside it. */
export function groupResource(nameRule: NameRule) {
  return z.pipe(z.strictObject(fields(nameRule)), z.transform(resourceOf));
}

/** The same for a group that exists, which may be frozen. */
export function groupReplacement(nameRule: NameRule) {
  return z.pipe(
    z.strictObject({ ...fields(nameRule), throughFreeze: throughFreeze() }),
    z.transform(({ throughFreeze, ...body }, context) => ({ ...resourceOf(body, context), throughFreeze })),
  );
}

const fields = (nameRule: NameRule) => ({
  projectName: projectName(),
  owner: owner(),
  groupName: named(nameRule),
  machineIdentifyType: identifyType(),
  groupAttribute: z._default(
    z.strictObject({ groupTopic: z._default(topic(), ''), externalName: z._default(externalName(), '') }),
    { groupTopic: '', externalName: '' },
  ),
  machineList: machineList(),
  groupType: z._default(groupType(), ''),
  ...times(),
});

type Body = z.output<z.ZodMiniObject<ReturnType<typeof fields>>>;

function resourceOf(body: Body, context: Pick<z.core.ParsePayload, 'issues'>) {
  const { projectName, owner, createTime: _c, lastModifyTime: _m, machineList: given, ...rest } = body;
  const { members, wrong, more } = readMembers(body.machineIdentifyType, given);
  for (const { index, says } of wrong) {
    const path = ['machineList', index];
    context.issues.push({ code: 'custom', input: given[index], path, message: says });
  }
  if (more > 0) context.issues.push(untold(more));
  const definition: MachineGroupDefinition = { ...rest, machineList: members };
  return { projectName, owner, groupName: body.groupName, definition };
}
