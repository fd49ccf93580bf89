// The facts of each operation, once: wire form, what a repeat does, documented errors, what it needs in RAM.
// Client, HTTP answers, OpenAPI, RAM policies and tests read this table. Sources: operation pages of the SLS API
// (2020-12-30) and its RAM authentication rules.

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

/**
 * What the SDKs of SLS take for "no such group", as a later generation of pages has it: the Go SDK's
 * `CheckMachineGroupExist` compares this code and no other.
 */
export const SDK_ERRORS = {
  'group-missing': {
    status: 404,
    code: 'MachineGroupNotExist',
    message: 'MachineGroup {groupName} does not exist.',
  },
} as const satisfies Partial<Record<keyof typeof DOCUMENTED_ERRORS, DocumentedError>>;

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
  readonly repeat: Repeat;
  readonly errors: readonly DocumentedKind[];
  readonly ramAction: `log:${string}`;
  /** Names of the same action in older RAM documents. Which of them is checked is not documented. */
  readonly formerRamActions?: readonly `log:${string}`[];
  /** All that the action has to be allowed on; see `ramResource`. */
  readonly ramResources: readonly RamResource[];
}

/** What RAM knows of a project; `*` where it grants an action on everything or not at all. */
export type RamResource = 'machinegroup' | 'logtailconfig' | '*';

const GROUP = '/machinegroups/{group}';
const OF_GROUP = ['project-missing', 'group-missing', 'server'] as const;
const ON_GROUP = ['machinegroup'] as const;

/** Names and paths are those of the SLS API, version 2020-12-30. */
export const OPERATIONS = {
  CreateMachineGroup: {
    method: 'POST',
    path: '/machinegroups',
    repeat: 'confirm',
    errors: ['group-exists', 'invalid-parameter', 'project-missing', 'server'],
    ramAction: 'log:CreateMachineGroup',
    ramResources: ON_GROUP,
  },
  GetMachineGroup: {
    method: 'GET',
    path: GROUP,
    repeat: 'safe',
    errors: OF_GROUP,
    ramAction: 'log:GetMachineGroup',
    ramResources: ON_GROUP,
  },
  ListMachineGroup: {
    method: 'GET',
    path: '/machinegroups',
    repeat: 'safe',
    errors: ['project-missing', 'server'],
    ramAction: 'log:ListMachineGroup',
    ramResources: ON_GROUP,
  },
  UpdateMachineGroup: {
    method: 'PUT',
    path: GROUP,
    repeat: 'idempotent',
    errors: ['project-missing', 'group-missing', 'invalid-parameter', 'server'],
    ramAction: 'log:UpdateMachineGroup',
    ramResources: ON_GROUP,
  },
  UpdateMachineGroupMachine: {
    method: 'PUT',
    path: `${GROUP}/machines`,
    // A list is a set: what is in is in, what is out is out.
    repeat: 'idempotent',
    errors: ['project-missing', 'group-missing', 'invalid-parameter', 'server'],
    ramAction: 'log:UpdateMachineGroupMachine',
    // The one action that RAM grants on all resources or on none.
    ramResources: ['*'],
  },
  DeleteMachineGroup: {
    method: 'DELETE',
    path: GROUP,
    repeat: 'confirm',
    errors: OF_GROUP,
    ramAction: 'log:DeleteMachineGroup',
    ramResources: ON_GROUP,
  },
  ListMachines: {
    method: 'GET',
    path: `${GROUP}/machines`,
    repeat: 'safe',
    errors: OF_GROUP,
    ramAction: 'log:ListMachines',
    ramResources: ON_GROUP,
  },
  ApplyConfigToMachineGroup: {
    method: 'PUT',
    path: `${GROUP}/configs/{config}`,
    repeat: 'idempotent',
    errors: ['project-missing', 'group-missing', 'config-missing', 'server'],
    ramAction: 'log:ApplyConfigToMachineGroup',
    formerRamActions: ['log:ApplyConfigToGroup'],
    ramResources: ['machinegroup', 'logtailconfig'],
  },
  RemoveConfigFromMachineGroup: {
    method: 'DELETE',
    path: `${GROUP}/configs/{config}`,
    repeat: 'idempotent',
    errors: ['project-missing', 'group-missing', 'config-missing', 'server'],
    ramAction: 'log:RemoveConfigFromMachineGroup',
    formerRamActions: ['log:RemoveConfigFromGroup'],
    ramResources: ['machinegroup', 'logtailconfig'],
  },
  GetAppliedConfigs: {
    method: 'GET',
    path: `${GROUP}/configs`,
    repeat: 'safe',
    errors: OF_GROUP,
    ramAction: 'log:GetAppliedConfigs',
    ramResources: ON_GROUP,
  },
  GetAppliedMachineGroups: {
    method: 'GET',
    path: '/configs/{config}/machinegroups',
    repeat: 'safe',
    errors: ['project-missing', 'config-missing', 'server'],
    ramAction: 'log:GetAppliedMachineGroups',
    ramResources: ['logtailconfig'],
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

/** Where an operation stands in our own HTTP API: as at SLS, with the parameters' names as callers know them. */
export function routeOf(operation: OperationName): Pick<Operation, 'method' | 'path'> {
  const { method, path } = OPERATIONS[operation];
  return {
    method,
    path: path.replace('{group}', '{groupName}').replace('{config}', '{configName}') as `/${string}`,
  };
}

/** A RAM resource of any region, account, project and name; a policy narrows it where it is used. */
export function ramResource(resource: RamResource): string {
  return resource === '*' ? '*' : `acs:log:*:*:project/*/${resource}/*`;
}
