// The groups of a project: a page as SLS gives it, or all of them.
import type { SlsClient } from '../../sls/client.ts';
import type { PageRequest } from '../../sls/pages.ts';
import type { Reply } from '../http/answers.ts';

export interface GroupsWanted {
  readonly project: string;
  readonly filter: { readonly groupName?: string | undefined };
  readonly all: boolean;
  readonly page: PageRequest;
}

/** `machinegroups`, `count` and `total` as ListMachineGroup has them. @throws SlsError */
export async function listGroups(
  { project, filter, all, page }: GroupsWanted,
  sls: SlsClient,
): Promise<Reply> {
  if (!all) {
    const { value, requestId } = await sls.listMachineGroups(project, filter, page);
    const { rows, total } = value;
    return { requestId, value: { machinegroups: rows, count: rows.length, total } };
  }
  const { value: names, requestId } = await sls.listAllMachineGroups(project, filter);
  return { requestId, value: { machinegroups: names, count: names.length, total: names.length } };
}
