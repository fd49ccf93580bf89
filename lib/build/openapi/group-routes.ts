// The routes of the machine-group API. Method, path and errors are those of the operations table.
import * as answers from '../../runtime/answers.ts';
import { MERGE_PATCH_TYPES } from '../../runtime/http/body.ts';
import { refusalFor } from '../../runtime/http/group-function.ts';
import * as configs from '../../runtime/requests/configs.ts';
import { deleteGroupRequest } from '../../runtime/requests/delete-group.ts';
import { getGroupRequest } from '../../runtime/requests/get-group.ts';
import { createGroupRequest, updateGroupRequest } from '../../runtime/requests/group-resource.ts';
import { listGroupsRequest } from '../../runtime/requests/list-groups.ts';
import * as machines from '../../runtime/requests/machines.ts';
import { patchGroupRequest } from '../../runtime/requests/patch-group.ts';
import { type OperationName, routeOf } from '../../sls/operations.ts';
import * as problems from './problems.ts';
import type { Route, RouteAnswer } from './route.ts';
import * as samples from './samples.ts';

const JSON_TYPES = ['application/json'];
const DONE: RouteAnswer = { description: 'Done. The body is empty.' };
const NO_PROJECT = 'projectName: is required, there is no default project';

type Facts = Pick<Route, 'function' | 'tag' | 'summary' | 'description' | 'request' | 'body'> & {
  readonly operationId?: string;
  readonly method?: string;
  /** Operations it calls before the one it serves. */
  readonly before?: readonly OperationName[];
  /** Whether it walks the pages of a listing. */
  readonly walks?: OperationName;
  readonly answer?: RouteAnswer;
  readonly problems?: Route['problems'];
};

/** A route that serves one operation of SLS. */
function serving(operation: OperationName, facts: Facts): Route {
  const { method = routeOf(operation).method, before = [], walks, answer = DONE, ...rest } = facts;
  const operations = [...before, operation];
  const reads = answer.schema ? operation : before[0];
  return {
    operationId: operation.charAt(0).toLowerCase() + operation.slice(1),
    path: routeOf(operation).path,
    ...rest,
    method,
    operations,
    answers: [answer],
    problems: [
      ...operations.toReversed().flatMap(problems.documented),
      problems.refused(refusalFor(operation), NO_PROJECT),
      ...(facts.body ? problems.ofBody(facts.body.types) : []),
      ...(facts.problems ?? []),
      ...problems.fromOutside(operation),
      ...(reads ? [problems.unreadable(reads)] : []),
      ...(walks ? [problems.inconsistent(walks)] : []),
    ],
  };
}

const names = { machinegroups: [samples.GROUP], count: 1 };

export const GROUP_ROUTES: readonly Route[] = [
  serving('CreateMachineGroup', {
    function: 'create-group',
    tag: 'groups',
    summary: 'Create a machine group',
    description: 'What GET answers for another group is accepted as it stands; its two times are ignored.',
    request: createGroupRequest,
    body: {
      types: JSON_TYPES,
      query: ['projectName'],
      examples: { documented: { projectName: samples.PROJECT, ...samples.definition, machineList: [] } },
    },
  }),
  serving('GetMachineGroup', {
    function: 'get-group',
    tag: 'groups',
    summary: 'Read a machine group',
    description: 'The documented fields and no others, so that the answer fits PUT and POST.',
    request: getGroupRequest,
    answer: { description: 'The group.', schema: answers.groupAnswer, example: samples.group },
  }),
  serving('ListMachineGroup', {
    function: 'list-groups',
    tag: 'groups',
    summary: 'List machine groups',
    description:
      'One page, or with all=true every page. A listing that changes while it is read is an error, never part of it as the whole.',
    request: listGroupsRequest,
    walks: 'ListMachineGroup',
    answer: {
      description: 'Names of groups.',
      schema: answers.groupListAnswer,
      example: { ...names, total: 1 },
    },
  }),
  serving('UpdateMachineGroup', {
    function: 'update-group',
    tag: 'groups',
    summary: 'Replace a machine group',
    description:
      'A full replacement: what the body leaves out gets its default. PATCH changes single fields.',
    request: updateGroupRequest,
    body: {
      types: JSON_TYPES,
      query: ['projectName'],
      repeats: ['groupName'],
      examples: { asRead: samples.group },
    },
  }),
  serving('UpdateMachineGroup', {
    function: 'patch-group',
    operationId: 'patchMachineGroup',
    method: 'PATCH',
    tag: 'groups',
    summary: 'Change fields of a machine group',
    description:
      'A JSON merge patch (RFC 7396). The group is read, merged and written whole, so that no field is lost; nothing is written when nothing changes. SLS has no version to compare with: a write that somebody else makes between the read and the write is lost.',
    before: ['GetMachineGroup'],
    request: patchGroupRequest,
    body: {
      types: MERGE_PATCH_TYPES,
      query: ['projectName'],
      examples: { topic: { groupAttribute: { groupTopic: 'another-topic' } } },
    },
  }),
  serving('DeleteMachineGroup', {
    function: 'delete-group',
    tag: 'groups',
    summary: 'Delete a machine group',
    description:
      'Refused while Logtail configs are applied to it, and when its externalName says that somebody keeps it whom the caller does not name as owner. force=true with a reason deletes it all the same.',
    before: ['GetAppliedConfigs', 'GetMachineGroup'],
    request: deleteGroupRequest,
    problems: problems.againstDeletion(),
  }),
  serving('UpdateMachineGroupMachine', {
    function: 'update-machines',
    tag: 'machines',
    summary: 'Add or delete members',
    description:
      'The group is read first, since its kind says how members are spelt. Adding what is there and deleting what is not change nothing.',
    before: ['GetMachineGroup'],
    request: machines.updateMachinesRequest,
    body: {
      types: JSON_TYPES,
      query: ['projectName', 'action'],
      field: 'machines',
      examples: { addresses: samples.definition.machineList },
    },
  }),
  serving('ListMachines', {
    function: 'list-machines',
    tag: 'machines',
    summary: 'List machines and their heartbeats',
    description:
      'Without offset and size: every machine that has connected, then every member of the group that never has. With them: a page of the machines that have connected, as SLS lists them.',
    before: ['GetMachineGroup'],
    request: machines.listMachinesRequest,
    walks: 'ListMachines',
    answer: {
      description: 'Machines with the status of their heartbeats.',
      schema: answers.machineListAnswer,
      example: { machines: [samples.machine, samples.neverSeen], count: 2, total: 2 },
    },
  }),
  serving('ApplyConfigToMachineGroup', {
    function: 'apply-config',
    tag: 'configs',
    summary: 'Apply a Logtail config to a group',
    description: 'A config that is applied already stays applied.',
    request: configs.groupConfigRequest,
  }),
  serving('RemoveConfigFromMachineGroup', {
    function: 'remove-config',
    tag: 'configs',
    summary: 'Take a Logtail config from a group',
    description: 'The config itself stays.',
    request: configs.groupConfigRequest,
  }),
  serving('GetAppliedConfigs', {
    function: 'list-configs',
    tag: 'configs',
    summary: 'List the Logtail configs of a group',
    description: 'Not paged by SLS.',
    request: configs.groupConfigsRequest,
    answer: {
      description: 'Names of configs.',
      schema: answers.configNamesAnswer,
      example: { configs: [samples.CONFIG], count: 1 },
    },
  }),
  serving('GetAppliedMachineGroups', {
    function: 'list-config-groups',
    tag: 'configs',
    summary: 'List the groups of a Logtail config',
    description: 'Not paged by SLS.',
    request: configs.configGroupsRequest,
    answer: { description: 'Names of groups.', schema: answers.groupNamesAnswer, example: names },
  }),
];
