// What callers may change of a machine group.
import * as z from 'zod/mini';
import { EXISTING_GROUP_NAME } from '../../core/group/machine-group.ts';
import { named, projectName } from './fields.ts';
import { externalName, groupType, identifyType, machineList, times, topic } from './group-fields.ts';

/** A JSON merge patch (RFC 7396): what it names is replaced, `null` stands for the default. */
export const patchGroupRequest = z.lazy(() =>
  z.pipe(
    z.strictObject({
      projectName: projectName(),
      groupName: named(EXISTING_GROUP_NAME),
      machineIdentifyType: z.exactOptional(identifyType()),
      groupAttribute: z.exactOptional(
        z.nullable(
          z.strictObject({
            groupTopic: z.exactOptional(z.nullable(topic())),
            externalName: z.exactOptional(z.nullable(externalName())),
          }),
        ),
      ),
      machineList: z.exactOptional(machineList()),
      groupType: z.exactOptional(z.nullable(groupType())),
      ...times(),
    }),
    z.transform(({ projectName, groupName, createTime: _c, lastModifyTime: _m, ...patch }) => ({
      projectName,
      groupName,
      patch,
    })),
  ),
);
