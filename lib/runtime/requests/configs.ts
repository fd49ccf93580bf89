// What callers may ask about Logtail configs and the groups they go to, as zod schemas.
import * as z from 'zod/mini';
import { EXISTING_GROUP_NAME } from '../../core/group/machine-group.ts';
import { CONFIG_NAME, named, projectName } from './fields.ts';

const groupName = () => named(EXISTING_GROUP_NAME);
const configName = () => named(CONFIG_NAME).check(z.describe('Name of a Logtail config.'));

/** ApplyConfigToMachineGroup and RemoveConfigFromMachineGroup. */
export const groupConfigRequest = z.lazy(() =>
  z.strictObject({ projectName: projectName(), groupName: groupName(), configName: configName() }),
);

/** GetAppliedConfigs. */
export const groupConfigsRequest = z.lazy(() =>
  z.strictObject({ projectName: projectName(), groupName: groupName() }),
);

/** GetAppliedMachineGroups. */
export const configGroupsRequest = z.lazy(() =>
  z.strictObject({ projectName: projectName(), configName: configName() }),
);
