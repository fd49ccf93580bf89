// The official client and our own behind one face: each operation takes the same arguments and gives the same value,
// in the wire's own names, or throws an error with the status and code of the service. By hand: the official client's
// calls have names and arguments of their own, and a missing one does not compile.

import { parseEndpoint } from '../../../lib/core/address/endpoint.ts';
import { createSlsClient } from '../../../lib/sls/client.ts';
import type { OperationName } from '../../../lib/sls/operations.ts';
import { createTransport } from '../../../lib/sls/transport.ts';
import type { StandIn, StandInKey } from '../../support/standin/index.ts';
import { officialClient, sls } from '../../support/standin/official-client.ts';

/** What an operation may need; each takes its part. */
export interface Arguments {
  readonly project: string;
  readonly group: string;
  readonly config: string;
  readonly definition: {
    readonly groupName: string;
    readonly groupType: string;
    readonly machineIdentifyType: 'ip' | 'userdefined';
    readonly groupAttribute: { readonly groupTopic: string; readonly externalName: string };
    readonly machineList: readonly string[];
  };
  readonly action: 'add' | 'delete';
  readonly machines: readonly string[];
  readonly filter: string;
  readonly offset: number;
  readonly size: number;
}

export type Client = Readonly<Record<OperationName, (given: Arguments) => Promise<unknown>>>;

export interface Refused {
  readonly status: number | undefined;
  readonly code: string | undefined;
}

/** A machine's keys as the service spells them, and as the official client does. */
const WIRE_KEYS: Readonly<Record<string, string>> = {
  machineUniqueid: 'machine-uniqueid',
  userdefinedId: 'userdefined-id',
  hostId: 'host-id',
};

export function official(standIn: StandIn, key: StandInKey, form: 'v1-sha256' | 'v4'): Client {
  const client = officialClient(standIn, key, form);
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as Record<string, unknown>;
  const nothing = async (call: Promise<{ statusCode?: number }>) => {
    await call;
  };
  const body = async (call: Promise<{ body?: unknown }>) => plain((await call).body);
  const group = ({ definition }: Arguments) => ({ ...definition, machineList: [...definition.machineList] });
  const calls: Client = {
    CreateMachineGroup: (given) =>
      nothing(client.createMachineGroup(given.project, new sls.CreateMachineGroupRequest(group(given)))),
    GetMachineGroup: ({ project, group: name }) => body(client.getMachineGroup(project, name)),
    ListMachineGroup: ({ project, filter, offset, size }) =>
      body(
        client.listMachineGroup(
          project,
          new sls.ListMachineGroupRequest({ ...(filter && { groupName: filter }), offset, size }),
        ),
      ),
    UpdateMachineGroup: (given) =>
      nothing(
        client.updateMachineGroup(
          given.project,
          given.group,
          new sls.UpdateMachineGroupRequest(group(given)),
        ),
      ),
    UpdateMachineGroupMachine: ({ project, group: name, action, machines }) =>
      nothing(
        client.updateMachineGroupMachine(
          project,
          name,
          new sls.UpdateMachineGroupMachineRequest({ action, body: [...machines] }),
        ),
      ),
    DeleteMachineGroup: ({ project, group: name }) => nothing(client.deleteMachineGroup(project, name)),
    ListMachines: async ({ project, group: name, offset, size }) => {
      const page = await body(
        client.listMachines(project, name, new sls.ListMachinesRequest({ offset, size })),
      );
      const machines = (page.machines as Record<string, unknown>[]).map((machine) =>
        Object.fromEntries(Object.entries(machine).map(([key_, value]) => [WIRE_KEYS[key_] ?? key_, value])),
      );
      return { ...page, machines };
    },
    ApplyConfigToMachineGroup: ({ project, group: name, config }) =>
      nothing(client.applyConfigToMachineGroup(project, name, config)),
    RemoveConfigFromMachineGroup: ({ project, group: name, config }) =>
      nothing(client.removeConfigFromMachineGroup(project, name, config)),
    GetAppliedConfigs: ({ project, group: name }) => body(client.getAppliedConfigs(project, name)),
    GetAppliedMachineGroups: ({ project, config }) => body(client.getAppliedMachineGroups(project, config)),
  };
  return refusing(calls, ({ statusCode, code }: { statusCode?: number; code?: string }) => ({
    status: statusCode,
    code,
  }));
}

export function ours(standIn: StandIn, key: StandInKey, signature: 'v1' | 'v4'): Client {
  const client = createSlsClient({
    destination: {
      endpoint: parseEndpoint(`http://${standIn.endpoint}`),
      connectTo: { host: standIn.host, port: standIn.port },
      signature,
      region: 'cn-hangzhou',
    },
    credentials: { get: async () => key, refresh: async () => undefined },
    transport: createTransport(),
    // One attempt, as the official client makes: what is retried is tested elsewhere.
    limits: { attempts: 1, attemptTimeoutMs: 5_000, totalTimeoutMs: 10_000 },
    now: Date.now,
    random: Math.random,
    sleep: async () => {},
    clock: { offsetMs: 0 },
  });
  const value = async <T>(call: Promise<{ value: T }>) => (await call).value;
  const calls: Client = {
    CreateMachineGroup: ({ project, definition }) => value(client.createMachineGroup(project, definition)),
    GetMachineGroup: async ({ project, group }) => {
      // The official client's model leaves the two times out.
      const {
        createTime: _c,
        lastModifyTime: _m,
        ...definition
      } = await value(client.getMachineGroup(project, group));
      return definition;
    },
    ListMachineGroup: async ({ project, filter, offset, size }) => {
      const groupName = filter === '' ? undefined : filter;
      const { rows, total } = await value(client.listMachineGroups(project, { groupName }, { offset, size }));
      return { machinegroups: rows, count: rows.length, total };
    },
    UpdateMachineGroup: ({ project, definition }) => value(client.updateMachineGroup(project, definition)),
    UpdateMachineGroupMachine: ({ project, group, action, machines }) =>
      value(client.updateMachines(project, group, action, machines)),
    DeleteMachineGroup: ({ project, group }) => value(client.deleteMachineGroup(project, group)),
    ListMachines: async ({ project, group, offset, size }) => {
      const { rows, total } = await value(client.listMachines(project, group, { offset, size }));
      return { machines: rows, count: rows.length, total };
    },
    ApplyConfigToMachineGroup: ({ project, group, config }) =>
      value(client.applyConfig(project, group, config)),
    RemoveConfigFromMachineGroup: ({ project, group, config }) =>
      value(client.removeConfig(project, group, config)),
    GetAppliedConfigs: async ({ project, group }) => {
      const configs = await value(client.getAppliedConfigs(project, group));
      return { configs, count: configs.length };
    },
    GetAppliedMachineGroups: async ({ project, config }) => {
      const machinegroups = await value(client.getAppliedMachineGroups(project, config));
      return { machinegroups, count: machinegroups.length };
    },
  };
  return refusing(calls, ({ status, code }: Refused) => ({ status, code }));
}

/** The same calls, their errors reduced to what the service said. */
function refusing<E>(calls: Client, reduce: (error: E) => Refused): Client {
  const entries = Object.entries(calls).map(([name, call]) => [
    name,
    (given: Arguments) =>
      call(given).catch((error: E) => {
        throw Object.assign(new Error(String(error)), reduce(error));
      }),
  ]);
  return Object.fromEntries(entries) as Client;
}
