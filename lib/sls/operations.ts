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
 * - `confirm`: the second time is an error, so "already exists" after an attempt whose outcome is unknown is
 *   settled by reading.
 */
export type Repeat = 'safe' | 'idempotent' | 'confirm';

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with `{parameter}` segments. */
  readonly path: `/${string}`;
  readonly repeat: Repeat;
  readonly errors: readonly DocumentedKind[];
  readonly ramAction: `log:${string}`;
}

export const OPERATIONS = {
  CreateMachineGroup: {
    method: 'POST',
    path: '/machinegroups',
    repeat: 'confirm',
    errors: ['group-exists', 'invalid-parameter', 'project-missing', 'server'],
    ramAction: 'log:CreateMachineGroup',
  },
  GetMachineGroup: {
    method: 'GET',
    path: '/machinegroups/{group}',
    repeat: 'safe',
    errors: ['project-missing', 'group-missing', 'server'],
    ramAction: 'log:GetMachineGroup',
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
