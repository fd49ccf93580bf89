// What names a machine group to read.
import * as z from 'zod/mini';
import { EXISTING_GROUP_NAME } from '../../core/group/machine-group.ts';
import { named, projectName } from './fields.ts';

/** GetMachineGroup: reads accept every name that can exist. */
export const getGroupRequest = z.lazy(() =>
  z.strictObject({ projectName: projectName(), groupName: named(EXISTING_GROUP_NAME) }),
);
