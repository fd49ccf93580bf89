// The facts of each operation, once: wire form, what a repeat does, documented errors, RAM action.
// Client, HTTP answers, documents and tests read this table. Source: operation pages of the SLS API.

/** Documented errors, by kind. `{…}` in a message is filled from the call. */
export const DOCUMENTED_ERRORS = {
  'group-exists': {
    status: 400,
    code: 'MachineGroupAlreadyExist',
    message: 'groupName already exists.',
  },
  'invalid-parameter': {
    status: 400,
    code: 'InvalidParameter',
    message: 'invalid group resource json.',
  },
  'project-missing': {
    status: 404,
    code: 'ProjectNotExist',
    message: 'Project {projectName} does not exist.',
  },
  'group-missing': {
    status: 404,
    code: 'GroupNotExist',
    message: 'group {groupName} does not exist.',
  },
  'config-missing': {
    status: 404,
    code: 'ConfigNotExist',
    message: 'Config {configName} does not exist.',
  },
  server: { status: 500, code: 'InternalServerError', message: 'Internal server error.' },
} as const satisfies Record<string, DocumentedError>;

export interface DocumentedError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export type DocumentedKind = keyof typeof DOCUMENTED_ERRORS;

/**
 * What sending the same request twice does.
 * - `safe`: it reads.
 * - `idempotent`: the second time changes nothing.
 * - `confirm`: the second time is an error ("already exists", "does not exist"), which after an attempt whose
 *   outcome is unknown may mean success: the client finds out.
 */
export type Repeat = 'safe' | 'idempotent' | 'confirm';

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with `{parameter}` segments. */
  readonly path: `/${string}`;
  readonly query: readonly string[];
  readonly repeat: Repeat;
  readonly errors: readonly DocumentedKind[];
  readonly ramAction: `log:${string}`;
}

const GROUP = '/machinegroups/{group}';
const OF_GROUP = ['project-missing', 'group-missing', 'server'] as const;

/** Names and paths are those of the SLS API, version 2020-12-30. */
export const OPERATIONS = {
  CreateMachineGroup: {
    method: 'POST',
    path: '/machinegroups',
    query: [],
    repeat: 'confirm',
    errors: ['group-exists', 'invalid-parameter', 'project-missing', 'server'],
    ramAction: 'log:CreateMachineGroup',
  },
  GetMachineGroup: {
    method: 'GET',
    path: GROUP,
    query: [],
    repeat: 'safe',
    errors: OF_GROUP,
    ramAction: 'log:GetMachineGroup',
  },
  ListMachineGroup: {
    method: 'GET',
    path: '/machinegroups',
    query: ['groupName', 'offset', 'size'],
    repeat: 'safe',
    errors: ['project-missing', 'server'],
    ramAction: 'log:ListMachineGroup',
  },
  UpdateMachineGroup: {
    method: 'PUT',
    path: GROUP,
    query: [],
    repeat: 'idempotent',
    errors: ['project-missing', 'group-missing', 'invalid-parameter', 'server'],
    ramAction: 'log:UpdateMachineGroup',
  },
  UpdateMachineGroupMachine: {
    method: 'PUT',
    path: `${GROUP}/machines`,
    query: ['action'],
    // A list is a set: what is in is in, what is out is out.
    repeat: 'idempotent',
    errors: ['project-missing', 'group-missing', 'invalid-parameter', 'server'],
    ramAction: 'log:UpdateMachineGroupMachine',
  },
  DeleteMachineGroup: {
    method: 'DELETE',
    path: GROUP,
    query: [],
    repeat: 'confirm',
    errors: OF_GROUP,
    ramAction: 'log:DeleteMachineGroup',
  },
  ListMachines: {
    method: 'GET',
    path: `${GROUP}/machines`,
    query: ['offset', 'size'],
    repeat: 'safe',
    errors: OF_GROUP,
    ramAction: 'log:ListMachines',
  },
  ApplyConfigToMachineGroup: {
    method: 'PUT',
    path: `${GROUP}/configs/{config}`,
    query: [],
    repeat: 'idempotent',
    errors: ['project-missing', 'group-missing', 'config-missing', 'server'],
    ramAction: 'log:ApplyConfigToMachineGroup',
  },
  RemoveConfigFromMachineGroup: {
    method: 'DELETE',
    path: `${GROUP}/configs/{config}`,
    query: [],
    repeat: 'idempotent',
    errors: ['project-missing', 'group-missing', 'config-missing', 'server'],
    ramAction: 'log:RemoveConfigFromMachineGroup',
  },
  GetAppliedConfigs: {
    method: 'GET',
    path: `${GROUP}/configs`,
    query: [],
    repeat: 'safe',
    errors: OF_GROUP,
    ramAction: 'log:GetAppliedConfigs',
  },
  GetAppliedMachineGroups: {
    method: 'GET',
    path: '/configs/{config}/machinegroups',
    query: [],
    repeat: 'safe',
    errors: ['project-missing', 'config-missing', 'server'],
    ramAction: 'log:GetAppliedMachineGroups',
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
