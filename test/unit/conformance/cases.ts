// One case for each operation that succeeds and one for each error that it documents: what has to be there before,
// what is asked, and what comes of it. By hand: what comes of a call is the reference's word, not our table's.
import {
  DOCUMENTED_ERRORS,
  type DocumentedKind,
  OPERATIONS,
  type Operation,
  type OperationName,
} from '../../../lib/sls/operations.ts';
import { PROJECT } from '../../support/names.ts';
import type { ErrorFamily, StandIn } from '../../support/standin/index.ts';
import type { Arguments, Refused } from './clients.ts';

const TIMES = { createTime: 1_700_000_000, lastModifyTime: 1_700_000_001 };

export const given: Arguments = {
  project: PROJECT,
  group: 'web-1',
  config: 'access-log',
  definition: {
    groupName: 'web-1',
    groupType: 'Armory',
    machineIdentifyType: 'ip',
    groupAttribute: { groupTopic: 'topic', externalName: 'external' },
    machineList: ['10.0.0.1', '10.0.0.2'],
  },
  action: 'add',
  machines: ['10.0.0.3'],
  filter: '',
  offset: 0,
  size: 100,
};

/** Puts the group and the config where the service has them. */
export function populate(standIn: StandIn): void {
  standIn.groups(PROJECT).set('web-1', { ...given.definition, ...TIMES });
  standIn.configs(PROJECT).add('access-log');
}

export interface Success {
  readonly operation: OperationName;
  readonly says: string;
  readonly arrange?: (standIn: StandIn) => void;
  readonly asks?: Partial<Arguments>;
  /** None for the writes, which answer with nothing. */
  readonly value?: unknown;
  readonly effect?: (standIn: StandIn) => unknown;
  readonly becomes?: unknown;
}

const stored = (standIn: StandIn) => {
  const group = standIn.groups(PROJECT).get('web-1');
  return group && { ...group, machineList: group.machineList.toSorted() };
};
const applied = (standIn: StandIn) => [...standIn.appliedConfigs(PROJECT, 'web-1')];
const others = (standIn: StandIn) => {
  for (const groupName of ['db-1', 'web-2', 'web-3']) {
    standIn.groups(PROJECT).set(groupName, { ...given.definition, groupName, ...TIMES });
  }
};
const machine = {
  ip: '10.0.0.1',
  'machine-uniqueid': 'uuid-1',
  'userdefined-id': 'id-1',
  'host-id': 'host-1',
  lastHeartbeatTime: 1_700_000_002,
};

export const SUCCESSES: readonly Success[] = [
  {
    operation: 'CreateMachineGroup',
    says: 'makes a group',
    arrange: (standIn) => standIn.groups(PROJECT).clear(),
    effect: (standIn) => ({ ...stored(standIn), createTime: 0, lastModifyTime: 0 }),
    becomes: { ...given.definition, createTime: 0, lastModifyTime: 0 },
  },
  {
    operation: 'CreateMachineGroup',
    says: 'makes an empty group of ids',
    arrange: (standIn) => standIn.groups(PROJECT).clear(),
    asks: {
      definition: {
        ...given.definition,
        groupType: '',
        machineIdentifyType: 'userdefined',
        groupAttribute: { groupTopic: '', externalName: '' },
        machineList: [],
      },
    },
    effect: (standIn) => stored(standIn)?.machineIdentifyType,
    becomes: 'userdefined',
  },
  { operation: 'GetMachineGroup', says: 'reads it', value: given.definition },
  {
    operation: 'ListMachineGroup',
    says: 'names all',
    arrange: others,
    value: { machinegroups: ['db-1', 'web-1', 'web-2', 'web-3'], count: 4, total: 4 },
  },
  {
    operation: 'ListMachineGroup',
    says: 'names a page of those that match',
    arrange: others,
    asks: { filter: 'web', offset: 1, size: 1 },
    value: { machinegroups: ['web-2'], count: 1, total: 3 },
  },
  {
    operation: 'ListMachineGroup',
    says: 'names none',
    asks: { filter: 'nobody' },
    value: { machinegroups: [], count: 0, total: 0 },
  },
  {
    operation: 'UpdateMachineGroup',
    says: 'replaces it',
    asks: { definition: { ...given.definition, machineList: ['10.0.0.9'], groupType: '' } },
    effect: (standIn) => ({ ...stored(standIn), lastModifyTime: 0 }),
    becomes: { ...given.definition, machineList: ['10.0.0.9'], groupType: '', ...TIMES, lastModifyTime: 0 },
  },
  {
    operation: 'UpdateMachineGroupMachine',
    says: 'adds',
    effect: (standIn) => stored(standIn)?.machineList,
    becomes: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
  },
  {
    operation: 'UpdateMachineGroupMachine',
    says: 'deletes',
    asks: { action: 'delete', machines: ['10.0.0.1', '10.0.0.2'] },
    effect: (standIn) => stored(standIn)?.machineList,
    becomes: [],
  },
  {
    operation: 'DeleteMachineGroup',
    says: 'deletes it, and detaches its configs',
    arrange: (standIn) => (standIn.appliedConfigs(PROJECT, 'web-1') as Set<string>).add('access-log'),
    effect: (standIn) => [stored(standIn), applied(standIn)],
    becomes: [undefined, []],
  },
  {
    operation: 'ListMachines',
    says: 'gives a page of heartbeats',
    arrange: (standIn) =>
      standIn.setHeartbeats(PROJECT, 'web-1', [
        { ...machine, ip: '10.0.0.0' },
        machine,
        { ...machine, ip: '10.0.0.2' },
      ]),
    asks: { offset: 1, size: 1 },
    value: { machines: [machine], count: 1, total: 3 },
  },
  { operation: 'ListMachines', says: 'gives none', value: { machines: [], count: 0, total: 0 } },
  {
    operation: 'ApplyConfigToMachineGroup',
    says: 'applies it',
    effect: applied,
    becomes: ['access-log'],
  },
  {
    operation: 'RemoveConfigFromMachineGroup',
    says: 'removes one that is not applied',
    effect: applied,
    becomes: [],
  },
  { operation: 'GetAppliedConfigs', says: 'names none', value: { configs: [], count: 0 } },
  { operation: 'GetAppliedMachineGroups', says: 'names none', value: { machinegroups: [], count: 0 } },
];

export interface Refusal {
  readonly operation: OperationName;
  readonly kind: DocumentedKind;
  readonly arrange?: (standIn: StandIn) => void;
  readonly asks: Partial<Arguments>;
}

const WRONG_DEFINITION = { ...given.definition, machineIdentifyType: 'hostname' as 'ip' };

/** How a request meets each kind of error. */
const MEETING: Readonly<Record<DocumentedKind, Omit<Refusal, 'operation' | 'kind'>>> = {
  'project-missing': { asks: { project: 'no-such-project' } },
  'group-missing': { asks: { group: 'nobody', definition: { ...given.definition, groupName: 'nobody' } } },
  'group-exists': { asks: {} },
  'config-missing': { asks: { config: 'no-such-config' } },
  'invalid-parameter': { asks: { definition: WRONG_DEFINITION, machines: [7 as unknown as string] } },
  server: {
    asks: {},
    arrange: (standIn) =>
      standIn.faults.add({ kind: 'error', status: 500, code: 'InternalServerError', times: 9 }),
  },
};

/** Every documented error of every operation: the table says which. */
export const REFUSALS: readonly Refusal[] = Object.entries(OPERATIONS).flatMap(
  ([operation, { errors }]: [string, Operation]) =>
    errors.map((kind) => ({ operation: operation as OperationName, kind, ...MEETING[kind] })),
);

/** What the service sends for a kind: today's names of groups, or those of the older pages. */
export function sentFor(kind: DocumentedKind, family: ErrorFamily): Refused {
  const { status, code } = DOCUMENTED_ERRORS[kind];
  if (kind === 'group-missing') return { status, code: `${family}NotExist` };
  if (kind === 'group-exists') return { status, code: `${family}AlreadyExist` };
  return { status, code };
}
