// Writes RAM policies of Alibaba Cloud for the AccessKeys that this project signs with: `node lib/build/ram.ts`. They
// are made from the tables of operations of SLS and of calls to read an inventory, and committed; a test keeps them equal. Where they are used, the
// wildcards for region, account, project and group can be narrowed, but not the `*` of UpdateMachineGroupMachine.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CALLS } from '../inventory/sources/alibaba-ecs/calls.ts';
import { OPERATIONS, type Operation, type OperationName, ramResource } from '../sls/operations.ts';

export const RAM_FOLDER = new URL('../ram/', import.meta.url);

const NAMES = Object.keys(OPERATIONS) as OperationName[];

/** What each policy of SLS allows. */
export const SLS_POLICIES: Readonly<Record<string, readonly OperationName[]>> = {
  'read-only': NAMES.filter((name) => OPERATIONS[name].repeat === 'safe'),
  // A create whose outcome is unknown is confirmed by reading.
  'create-get': ['CreateMachineGroup', 'GetMachineGroup'],
  sync: ['CreateMachineGroup', 'GetMachineGroup', 'ListMachineGroup', 'UpdateMachineGroup', 'ListMachines'],
  /** Beside `sync`, where groups name Logtail configs. To watch them the first is enough. */
  bindings: ['GetAppliedConfigs', 'ApplyConfigToMachineGroup'],
  full: NAMES,
};

export interface RamPolicy {
  readonly Version: '1';
  readonly Statement: readonly {
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
  }[];
}

/** Actions, and the resources that each of them needs. */
interface Allowed {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

function allowedBy(name: OperationName): Allowed {
  const { ramAction, formerRamActions = [], ramResources } = OPERATIONS[name] as Operation;
  return { actions: [ramAction, ...formerRamActions], resources: ramResources.map(ramResource) };
}

/** Every policy, by the name of its file. */
export const POLICIES: Readonly<Record<string, RamPolicy>> = {
  ...Object.fromEntries(
    Object.entries(SLS_POLICIES).map(([name, operations]) => [name, ramPolicy(operations.map(allowedBy))]),
  ),
  /** What the source `alibaba-ecs` calls. */
  inventory: ramPolicy(
    Object.values(CALLS).map(({ ramAction, ramResource: resource }) => ({
      actions: [ramAction],
      resources: [resource],
    })),
  ),
};

/** One statement for the actions that need the same resources. */
function ramPolicy(allowances: readonly Allowed[]): RamPolicy {
  const statements = new Map<string, { Action: string[]; Resource: string[] }>();
  for (const { actions, resources } of allowances) {
    const Resource = [...resources];
    const statement = statements.get(Resource.join()) ?? { Action: [], Resource };
    statement.Action.push(...actions);
    statements.set(Resource.join(), statement);
  }
  const allowed = [...statements.values()].map((statement) => ({ Effect: 'Allow', ...statement }) as const);
  return { Version: '1', Statement: allowed };
}

if (import.meta.main) {
  const folder = fileURLToPath(RAM_FOLDER);
  mkdirSync(folder, { recursive: true });
  for (const [name, policy] of Object.entries(POLICIES)) {
    writeFileSync(`${folder}${name}.json`, `${JSON.stringify(policy, null, 2)}\n`);
  }
  const biome = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url));
  execFileSync(biome, ['format', '--write', folder], { stdio: 'inherit' });
}
