// The groups of a project: a page as SLS gives it, or all of them.
import type { CallOptions } from '../../sls/call.ts';
import type { PageRequest, SlsClient } from '../../sls/client.ts';
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
  options: CallOptions,
): Promise<Reply> {
  if (!all) {
    const { value, requestId } = await sls.listMachineGroups(project, filter, page, options);
    const { rows, total } = value;
    return { requestId, value: { machinegroups: rows, count: rows.length, total } };
  }
  const { value: names, requestId } = await sls.listAllMachineGroups(project, filter, options);
  return { requestId, value: { machinegroups: names, count: names.length, total: names.length } };
}
