// The walk with a client that oazapfts made: every answer is one of a status and its type.
import * as api from './generated/oazapfts.ts';
import { CONFIG, NAME, type Site, type Walk } from './walk.ts';

export async function walk({ base, projectName, headers }: Site): Promise<Walk> {
  api.defaults.baseUrl = base;
  const at = { projectName };

  const refused = await api.getMachineGroup(NAME, at);
  if (refused.status !== 403) throw new Error(`${refused.status} without headers`);
  const { data } = refused;
  const forbidden = 'message' in data ? data.message : data.errorCode;

  api.defaults.headers = headers;
  const writes: number[] = [];
  const write = (answer: { readonly status: number }) => writes.push(answer.status);
  const read = async (): Promise<api.MachineGroup> => {
    const answer = await api.getMachineGroup(NAME, at);
    if (answer.status !== 200) throw new Error(told(answer.data));
    return answer.data;
  };

  write(
    await api.createMachineGroup(
      { groupName: NAME, machineIdentifyType: 'ip', machineList: ['10.0.0.1'] },
      at,
    ),
  );
  const group = await read();
  const { groupAttribute } = group;
  const replacement: api.MachineGroupReplacement = {
    ...group,
    groupAttribute: { ...groupAttribute, groupTopic: 'put' },
  };
  write(await api.updateMachineGroup(NAME, replacement, at));
  const put = await read();
  const patch: api.MachineGroupPatch = { groupAttribute: { groupTopic: 'patched' } };
  write(await api.patchMachineGroup(NAME, patch, at));
  const patched = await read();

  write(await api.updateMachineGroupMachine(NAME, 'add', ['10.0.0.2'], at));
  write(await api.updateMachineGroupMachine(NAME, 'delete', ['10.0.0.1'], at));
  const listing = await api.listMachines(NAME, at);
  if (listing.status !== 200) throw new Error(told(listing.data));

  write(await api.applyConfigToMachineGroup(NAME, CONFIG, at));
  const configs = await api.getAppliedConfigs(NAME, at);
  const groups = await api.getAppliedMachineGroups(CONFIG, at);
  write(await api.removeConfigFromMachineGroup(NAME, CONFIG, at));
  const left = await api.getAppliedConfigs(NAME, at);
  const page = await api.listMachineGroup({ ...at, offset: 0, size: 10 });
  if (configs.status !== 200 || groups.status !== 200 || left.status !== 200 || page.status !== 200) {
    throw new Error('a listing was refused');
  }

  write(await api.deleteMachineGroup(NAME, at));
  const gone = await api.getMachineGroup(NAME, at);
  if (gone.status !== 404) throw new Error(`${gone.status} after the delete`);
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
    gone: gone.data.errorCode,
    writes,
  };
}

const said = ({ ip, status }: api.Machine) => `${ip} ${status}`;

/** Ours, or the gateway's own. */
function told(refusal: api.Problem | api.GatewayRefusal): string {
  return 'message' in refusal ? refusal.message : `${refusal.errorCode}: ${refusal.errorMessage}`;
}

/** For the compiler: what a pipeline reads of a report has types. */
export function removed({ groups }: api.SyncReport): string[] {
  return groups.flatMap(({ removals }: api.GroupReport) => removals.members);
}
