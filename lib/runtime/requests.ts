// What callers may ask for, as zod schemas. Wire shapes are those of the API documentation; unknown fields are
// refused by name, addresses get their one spelling.
import * as z from 'zod/mini';
import { ADDRESS_RULES, normaliseAddress } from '../address.ts';
import {
  CONTROL_CHARACTER,
  EXISTING_GROUP_NAME,
  GROUP_NAME,
  GROUP_TYPES,
  IDENTIFY_TYPES,
  type MachineGroupDefinition,
  type NameRule,
  PROJECT_NAME,
} from '../core/machine-group.ts';

function named(rule: NameRule) {
  return z.string().check(z.regex(rule.pattern, rule.says));
}

const printable = z
  .string()
  .check(z.refine((text) => !CONTROL_CHARACTER.test(text), 'must be free of control characters'));

const projectName = z.optional(named(PROJECT_NAME));

const groupAttribute = z._default(
  z.strictObject({
    groupTopic: z._default(printable, ''),
    externalName: z._default(printable, ''),
  }),
  { groupTopic: '', externalName: '' },
);

/** Members in their one spelling, each once. Adds an issue per wrong member. */
function members(
  identify: MachineGroupDefinition['machineIdentifyType'],
  list: readonly string[],
  refuse: (index: number, rule: string) => void,
): string[] {
  const unique = new Set<string>();
  list.forEach((member, index) => {
    if (identify === 'ip') {
      const verdict = normaliseAddress(member);
      if (verdict.ok) unique.add(verdict.address);
      else refuse(index, `must be ${ADDRESS_RULES[verdict.rule]}`);
    } else if (member.trim() === '' || CONTROL_CHARACTER.test(member)) {
      refuse(index, 'must be a non-blank id without control characters');
    } else {
      unique.add(member);
    }
  });
  return [...unique];
}

/** CreateMachineGroup: the documented body, with `projectName` beside it. */
export const createGroupRequest = z.pipe(
  z.strictObject({
    projectName,
    groupName: named(GROUP_NAME),
    machineIdentifyType: z.enum(IDENTIFY_TYPES),
    groupAttribute,
    machineList: z.array(z.string()),
    groupType: z._default(z.enum(GROUP_TYPES), ''),
  }),
  z.transform((body, context) => {
    const { projectName, machineList: given, ...rest } = body;
    const machineList = members(body.machineIdentifyType, given, (index, message) =>
      context.issues.push({ code: 'custom', input: given[index], path: ['machineList', index], message }),
    );
    const definition: MachineGroupDefinition = { ...rest, machineList };
    return { projectName, groupName: body.groupName, definition };
  }),
);

/** GetMachineGroup: reads accept every name that can exist. */
export const getGroupRequest = z.strictObject({ projectName, groupName: named(EXISTING_GROUP_NAME) });
