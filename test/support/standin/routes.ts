// Method and path of every machine-group operation. What matches no row is 405 InvalidMethod, an empty name
// in the path included. A table of its own, by hand: it checks the one of lib/sls, so it must not be made from it.
import type { Behaviour } from './call.ts';
import * as configs from './operations/configs.ts';
import * as groups from './operations/groups.ts';
import * as machines from './operations/machines.ts';
import { percentDecode, utf8, type WireRequest } from './wire.ts';

const TABLE = {
  CreateMachineGroup: ['POST', '/machinegroups', groups.createMachineGroup],
  ListMachineGroup: ['GET', '/machinegroups', groups.listMachineGroup],
  GetMachineGroup: ['GET', '/machinegroups/{group}', groups.getMachineGroup],
  UpdateMachineGroup: ['PUT', '/machinegroups/{group}', groups.updateMachineGroup],
  DeleteMachineGroup: ['DELETE', '/machinegroups/{group}', groups.deleteMachineGroup],
  ListMachines: ['GET', '/machinegroups/{group}/machines', machines.listMachines],
  UpdateMachineGroupMachine: ['PUT', '/machinegroups/{group}/machines', machines.updateMachineGroupMachine],
  GetAppliedConfigs: ['GET', '/machinegroups/{group}/configs', configs.getAppliedConfigs],
  ApplyConfigToMachineGroup: [
    'PUT',
    '/machinegroups/{group}/configs/{config}',
    configs.applyConfigToMachineGroup,
  ],
  RemoveConfigFromMachineGroup: [
    'DELETE',
    '/machinegroups/{group}/configs/{config}',
    configs.removeConfigFromMachineGroup,
  ],
  GetAppliedMachineGroups: ['GET', '/configs/{config}/machinegroups', configs.getAppliedMachineGroups],
} as const satisfies Record<string, readonly [method: string, path: string, behaviour: Behaviour]>;

export type OperationName = keyof typeof TABLE;

export interface Route {
  readonly operation: OperationName;
  readonly behave: Behaviour;
  readonly group: string;
  readonly config: string;
}

const ROUTES = Object.entries(TABLE).map(([operation, [method, path, behave]]) => ({
  operation: operation as OperationName,
  method,
  pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
  behave: behave as Behaviour,
}));

export function findRoute(request: WireRequest): Route | undefined {
  for (const { operation, method, pattern, behave } of ROUTES) {
    const match = method === request.method ? pattern.exec(request.rawPath) : null;
    if (!match) continue;
    const name = (part: string) => utf8(percentDecode(match.groups?.[part] ?? ''));
    return { operation, behave, group: name('group'), config: name('config') };
  }
  return undefined;
}
