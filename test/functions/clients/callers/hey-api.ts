// The walk with a client that @hey-api/openapi-ts made: answers have data or an error.
import { client } from './generated/hey-api/client.gen.ts';
import * as api from './generated/hey-api/index.ts';
import { CONFIG, NAME, type Site, type Walk } from './walk.ts';

export async function walk({ base, projectName, headers }: Site): Promise<Walk> {
  client.setConfig({ baseUrl: base });
  const query = { projectName };
  const path = { groupName: NAME };
  const ofConfig = { path: { configName: CONFIG }, query };
  const both = { path: { ...path, configName: CONFIG }, query };

  const { error: refusal } = await api.getMachineGroup({ path, query });
  if (!refusal) throw new Error('let in without headers');
  const forbidden = 'message' in refusal ? refusal.message : refusal.errorCode;

  client.setConfig({ baseUrl: base, headers });
  const writes: number[] = [];
  const write = ({ response }: { readonly response?: Response | undefined }) =>
    writes.push(response?.status ?? 0);
  const read = async (): Promise<api.MachineGroup> =>
    (await api.getMachineGroup({ path, query, throwOnError: true })).data;

  write(
    await api.createMachineGroup({
      query,
      body: { groupName: NAME, machineIdentifyType: 'ip', machineList: ['10.0.0.1'] },
    }),
  );
  const group = await read();
  const body: api.MachineGroupReplacement = {
    ...group,
    groupAttribute: { ...group.groupAttribute, groupTopic: 'put' },
  };
  write(await api.updateMachineGroup({ path, query, body }));
  const put = await read();
  const patch: api.MachineGroupPatch = { groupAttribute: { groupTopic: 'patched' } };
  write(await api.patchMachineGroup({ path, query, body: patch }));
  const patched = await read();

  const change = (action: 'add' | 'delete', machines: string[]) =>
    api.updateMachineGroupMachine({ path, query: { ...query, action }, body: machines });
  write(await change('add', ['10.0.0.2']));
  write(await change('delete', ['10.0.0.1']));
  const listing = await api.listMachines({ path, query, throwOnError: true });

  write(await api.applyConfigToMachineGroup(both));
  const configs = await api.getAppliedConfigs({ path, query, throwOnError: true });
  const groups = await api.getAppliedMachineGroups({ ...ofConfig, throwOnError: true });
  write(await api.removeConfigFromMachineGroup(both));
  const left = await api.getAppliedConfigs({ path, query, throwOnError: true });
  const page = await api.listMachineGroup({ query: { ...query, offset: 0, size: 10 }, throwOnError: true });

  write(await api.deleteMachineGroup({ path, query }));
  const { error: gone } = await api.getMachineGroup({ path, query });
  if (!gone || 'message' in gone) throw new Error('there after the delete');
  return {
    forbidden,
    created: group.machineList,
    put: put.groupAttribute.groupTopic,
    patched: patched.groupAttribute.groupTopic,
    machines: listing.data.machines.map(said),
    configs: configs.data.configs,
    groupsOfConfig: groups.data.machinegroups,
    configsLeft: left.data.count,
    total: page.data.total,
    gone: gone.errorCode,
    writes,
  };
}

const said = ({ ip, status }: api.Machine) => `${ip} ${status}`;

/** For the compiler: what a pipeline reads of a report has types. */
export function removed({ groups }: api.SyncReport): string[] {
  return groups.flatMap(({ removals }: api.GroupReport) => removals.members);
}
