// The listings that come in pages: groups of a project, machines of a group.
import type { Machine } from '../core/group/heartbeat.ts';
import { groupPageAnswer, machinePageAnswer } from './answers.ts';
import type { Caller } from './call.ts';
import { type Listed, type Listing, type Page, type PageRequest, readAll, readPage } from './pages.ts';
import type { Answer } from './reading.ts';

export interface GroupFilter {
  /** Part of a group's name. */
  readonly groupName?: string | undefined;
}

export interface ListingCalls {
  /**
   * ListMachineGroup: names of groups, one page of them.
   * @throws SlsError of kind `project-missing`, `protocol` for a page that contradicts itself, …
   */
  listMachineGroups(project: string, filter: GroupFilter, page: PageRequest): Promise<Answer<Page<string>>>;
  /**
   * ListMachineGroup, every page. Never part of a listing as the whole.
   * @throws SlsError of kind `protocol` when the pages do not make up one listing, `project-missing`, …
   */
  listAllMachineGroups(project: string, filter: GroupFilter): Promise<Answer<readonly string[]>>;
  /** ListMachines: machines that have connected, one page of them. @throws SlsError as `listMachineGroups`, … */
  listMachines(project: string, group: string, page: PageRequest): Promise<Answer<Page<Machine>>>;
  /** ListMachines, every page. @throws SlsError as `listAllMachineGroups`, of kind `group-missing`, … */
  listAllMachines(project: string, group: string): Promise<Listed<Machine>>;
}

export function listingCalls(caller: Caller): ListingCalls {
  return {
    listMachineGroups: (project, filter, page) => readPage(caller, groupsOf(project, filter), page),
    listAllMachineGroups: (project, filter) => readAll(caller, groupsOf(project, filter)),
    listMachines: (project, group, page) => readPage(caller, machinesOf(project, group), page),
    listAllMachines: (project, group) => readAll(caller, machinesOf(project, group)),
  };
}

function groupsOf(project: string, { groupName }: GroupFilter): Listing<string> {
  const query = groupName === undefined ? {} : { groupName };
  return {
    call: { operation: 'ListMachineGroup', project, query },
    schema: groupPageAnswer(),
    keyOf: (name) => name,
  };
}

function machinesOf(project: string, group: string): Listing<Machine> {
  return {
    call: { operation: 'ListMachines', project, group },
    schema: machinePageAnswer(),
    // No field of its own is sure to differ: addresses repeat between networks, the others may be empty.
    keyOf: (machine) =>
      [machine.ip, machine['machine-uniqueid'], machine['userdefined-id'], machine['host-id']].join('\n'),
  };
}
