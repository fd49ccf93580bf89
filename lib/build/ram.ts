// Writes RAM policies of Alibaba Cloud for the AccessKeys that this project signs with: `node lib/build/ram.ts`. They
// are made from the table of operations, and committed; a test keeps the two equal. Where they are used, the
// wildcards for region, account, project and group can be narrowed, but not the `*` of UpdateMachineGroupMachine.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OPERATIONS, type Operation, type OperationName, ramResource } from '../sls/operations.ts';

export const RAM_FOLDER = new URL('../ram/', import.meta.url);

const NAMES = Object.keys(OPERATIONS) as OperationName[];

/** What each policy allows. */
export const POLICIES: Readonly<Record<string, readonly OperationName[]>> = {
  'read-only': NAMES.filter((name) => OPERATIONS[name].repeat === 'safe'),
  // A create whose outcome is unknown is confirmed by reading.
  'create-get': ['CreateMachineGroup', 'GetMachineGroup'],
  sync: [
    'CreateMachineGroup',
    'GetMachineGroup',
    'ListMachineGroup',
    'UpdateMachineGroup',
    'UpdateMachineGroupMachine',
  ],
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

/** One statement for the actions that need the same resources. */
export function ramPolicy(operations: readonly OperationName[]): RamPolicy {
  const statements = new Map<string, { Action: string[]; Resource: string[] }>();
  for (const name of operations) {
    const { ramAction, formerRamActions = [], ramResources } = OPERATIONS[name] as Operation;
    const Resource = ramResources.map(ramResource);
    const statement = statements.get(Resource.join()) ?? { Action: [], Resource };
    statement.Action.push(ramAction, ...formerRamActions);
    statements.set(Resource.join(), statement);
  }
  const allowed = [...statements.values()].map((statement) => ({ Effect: 'Allow', ...statement }) as const);
  return { Version: '1', Statement: allowed };
}

if (import.meta.main) {
  const folder = fileURLToPath(RAM_FOLDER);
  mkdirSync(folder, { recursive: true });
  for (const [name, operations] of Object.entries(POLICIES)) {
    writeFileSync(`${folder}${name}.json`, `${JSON.stringify(ramPolicy(operations), null, 2)}\n`);
  }
  const biome = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url));
  execFileSync(biome, ['format', '--write', folder], { stdio: 'inherit' });
}
