// Makes `osls package`, `deploy` and `offline` bundle the functions first, so that none of them can work on
// yesterday's code, and writes the bill of what is in the bundles. The options stay in bundle.ts, which the tests use too.
// With BUNDLES=given it leaves that to its caller, who has put bundles in .build: the local run and the tests do.
// Completes serverless.yml: functions get what follows from their names (roles.ts), and there is one variable more,
// `${secrets:inventoryArns}`: what the roles may read of `inventorySecrets`.

import { complete, type FunctionParts, type Permissions } from './roles.ts';
import type { SecretParameters } from './secret-arns.ts';

const BEFORE = [
  'before:package:createDeploymentArtifacts',
  'before:package:function:package',
  'before:offline:start',
  'before:offline:start:init',
] as const;

export default class BundlePlugin {
  readonly configurationVariablesSources: object;
  readonly hooks = Object.fromEntries(BEFORE.map((event) => [event, bundleFunctions]));

  constructor(osls: Osls) {
    const resolve = (call: VariableCall) => secretsOf(call, osls.classes.Error);
    this.configurationVariablesSources = { secrets: { resolve } };
    completeFunctions(osls);
  }
}

interface Osls {
  /** `Error` is what osls shows without a stack. */
  readonly classes: { readonly Error: new (message: string) => Error };
  /** serverless.yml; variables that only plugins know are not resolved yet. */
  readonly configurationInput: {
    readonly functions: Readonly<Record<string, FunctionParts>>;
    readonly custom: Permissions;
    readonly resources: readonly object[];
  };
  /** Variables in `value` are resolved like those of serverless.yml. */
  extendConfiguration(path: readonly string[], value: unknown): void;
  getProvider(name: 'aws'): { readonly naming: { getLogGroupLogicalId(functionName: string): string } };
}

/** @throws an error of osls that names the line of `custom.may` that is wrong */
function completeFunctions(osls: Osls): void {
  const { functions, custom, resources } = osls.configurationInput;
  const { naming } = osls.getProvider('aws');
  try {
    const made = complete(functions, custom, (name) => naming.getLogGroupLogicalId(name));
    for (const [name, parts] of Object.entries(made.functions)) {
      for (const [part, value] of Object.entries(parts)) {
        osls.extendConfiguration(['functions', name, part], value);
      }
    }
    osls.extendConfiguration(['resources', String(resources.length)], { Resources: made.roles });
  } catch (error) {
    throw new osls.classes.Error((error as Error).message);
  }
}

interface VariableCall {
  readonly address: string | null;
  readonly resolveVariable: (variable: string) => Promise<string>;
}

/** @throws an error of osls that names the parameter and what is wrong with it, which ends the command */
async function secretsOf(
  { address, resolveVariable }: VariableCall,
  UserError: Osls['classes']['Error'],
): Promise<{ value: string }> {
  if (address !== 'inventoryArns') throw new Error('secrets has nothing but inventoryArns');
  const { inventorySecretArns } = await import('./secret-arns.ts');
  const names = ['inventorySecrets', 'secretName', 'readSecretName', 'hookSecrets'] as const;
  const values = await Promise.all(
    names.map(async (name) => [name, await resolveVariable(`param:${name}`)] as const),
  );
  try {
    return { value: inventorySecretArns(Object.fromEntries(values) as unknown as SecretParameters) };
  } catch (error) {
    throw new UserError(`parameter inventorySecrets: ${(error as Error).message}`);
  }
}

// Imported late: commands that bundle nothing then start without esbuild, and osls, which loads plugins with
// `require`, meets no top-level await.
async function bundleFunctions(): Promise<void> {
  if (process.env.BUNDLES === 'given') return;
  const { bundleAll, DEFAULT_OUTDIR } = await import('./bundle.ts');
  const { writeBillOfMaterials } = await import('./sbom.ts');
  await writeBillOfMaterials(await bundleAll({ outdir: DEFAULT_OUTDIR }), DEFAULT_OUTDIR);
}
