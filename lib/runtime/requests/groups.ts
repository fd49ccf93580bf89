// What callers may ask of machine groups, as zod schemas. Wire shapes are those of the API documentation; unknown
// fields are refused by name, addresses get their one spelling.
import * as z from 'zod/mini';
import { text } from '../../core/fields.ts';
import {
  EXISTING_GROUP_NAME,
  GROUP_NAME,
  IDENTIFY_TYPES,
  type MachineGroupDefinition,
  type NameRule,
} from '../../core/machine-group.ts';
import { checkPart, flag, named, pageOf, part, printable, projectName, readMembers } from './fields.ts';

const identifyType = z
  .enum(IDENTIFY_TYPES)
  .check(z.describe('ip: members are addresses that agents report. userdefined: ids that machines carry.'));
const topic = printable.check(z.describe('Topic attached to the logs of this group.'));
const externalName = printable.check(z.describe('Id in an external management system.'));
/** The service takes any text and gives it back, so what a read shows can be written again. */
const groupType = printable.check(z.describe('Empty, or "Armory".'));
const machineList = z
  .array(z.string())
  .check(z.describe('Members; their order has no meaning and none is there twice.'));

/** A group as it was read is accepted as it stands. */
const times = {
  createTime: z.optional(z.number()).check(z.describe('Unix seconds, as a read gives it; ignored.')),
  lastModifyTime: z.optional(z.number()).check(z.describe('Unix seconds, as a read gives it; ignored.')),
};

function groupResource(nameRule: NameRule) {
  return z.pipe(
    z.strictObject({
      projectName,
      groupName: named(nameRule),
      machineIdentifyType: identifyType,
      groupAttribute: z._default(
        z.strictObject({ groupTopic: z._default(topic, ''), externalName: z._default(externalName, '') }),
        { groupTopic: '', externalName: '' },
      ),
      machineList,
      groupType: z._default(groupType, ''),
      ...times,
    }),
    z.transform((body, context) => {
      const { projectName, createTime: _c, lastModifyTime: _m, machineList: given, ...rest } = body;
      const { members, wrong } = readMembers(body.machineIdentifyType, given);
      for (const { index, says } of wrong) {
        const path = ['machineList', index];
        context.issues.push({ code: 'custom', input: given[index], path, message: says });
      }
      const definition: MachineGroupDefinition = { ...rest, machineList: members };
      return { projectName, groupName: body.groupName, definition };
    }),
  );
}

/** CreateMachineGroup: the documented body, with `projectName` beside it. */
export const createGroupRequest = groupResource(GROUP_NAME);

/** UpdateMachineGroup: the same, for every name that can exist. */
export const updateGroupRequest = groupResource(EXISTING_GROUP_NAME);

/** GetMachineGroup: reads accept every name that can exist. */
export const getGroupRequest = z.strictObject({ projectName, groupName: named(EXISTING_GROUP_NAME) });

/** A JSON merge patch (RFC 7396): what it names is replaced, `null` stands for the default. */
export const patchGroupRequest = z.pipe(
  z.strictObject({
    projectName,
    groupName: named(EXISTING_GROUP_NAME),
    machineIdentifyType: z.exactOptional(identifyType),
    groupAttribute: z.exactOptional(
      z.nullable(
        z.strictObject({
          groupTopic: z.exactOptional(z.nullable(topic)),
          externalName: z.exactOptional(z.nullable(externalName)),
        }),
      ),
    ),
    machineList: z.exactOptional(machineList),
    groupType: z.exactOptional(z.nullable(groupType)),
    ...times,
  }),
  z.transform(({ projectName, groupName, createTime: _c, lastModifyTime: _m, ...patch }) => ({
    projectName,
    groupName,
    patch,
  })),
);

export type GroupPatch = z.output<typeof patchGroupRequest>['patch'];

/** DeleteMachineGroup, with what may be said against its guards. */
export const deleteGroupRequest = z
  .strictObject({
    projectName,
    groupName: named(EXISTING_GROUP_NAME),
    owner: z
      .optional(text(256))
      .check(
        z.describe(
          'Whom the caller acts for: the id of a sync owner, or the externalName of the group as it stands.',
        ),
      ),
    force: z
      .optional(flag)
      .check(z.describe('Delete although configs are applied or another owner keeps it; needs a reason.')),
    reason: z.optional(text(500)).check(z.describe('Why force; goes into the log.')),
  })
  .check(checkForce);

function checkForce(
  context: z.core.ParsePayload<{ force?: boolean | undefined; reason?: string | undefined }>,
) {
  const { force, reason } = context.value;
  const wrong = (message: string) =>
    context.issues.push({ code: 'custom', path: ['reason'], message, input: undefined });
  if (force && (reason === undefined || reason.trim() === '')) wrong('is missing, force needs one');
  if (!force && reason !== undefined) wrong('means nothing without force=true');
}

/** ListMachineGroup: a page, or all. */
export const listGroupsRequest = z.pipe(
  z
    .strictObject({
      projectName,
      groupName: z
        .optional(named(EXISTING_GROUP_NAME))
        .check(z.describe('Part of a name: only groups that have it.')),
      ...part,
    })
    .check(checkPart),
  z.transform(({ projectName, groupName, ...wanted }) => ({
    projectName,
    filter: { groupName },
    all: wanted.all === true,
    page: pageOf(wanted),
  })),
);
