// Makes `osls package`, `deploy` and `offline` bundle the functions first, so that none of them can work on
// yesterday's code, and writes the bill of what is in the bundles. The options stay in bundle.ts, which the tests use too.
// With BUNDLES=given it leaves that to its caller, who has put bundles in .build: the local run and the tests do.
// Completes serverless.yml: the stage gets its parameters (stage-file.ts), functions get what follows from their names
// (roles.ts), and there is one variable more, `${secrets:inventoryArns}`: what the roles may read of `inventorySecrets`.

import { readParameters, type Values } from './parameters.ts';
import { complete, type FunctionParts, type Permissions } from './roles.ts';
import type { SecretParameters } from './secret-arns.ts';
import { parametersOfStage } from './stage-file.ts';

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
    try {
      // Help is asked for by people who have no stage yet.
      if (!osls.processedInput.isHelpRequest) setParameters(osls);
      completeFunctions(osls);
    } catch (error) {
      throw new osls.classes.Error((error as Error).message);
    }
  }
}

interface Osls {
  readonly serviceDir: string;
  readonly processedInput: {
    readonly commands: readonly string[];
    readonly options: { readonly param?: readonly string[] };
    readonly isHelpRequest: boolean;
  };
  /** Reads YAML by the name of the file. */
  readonly utils: { readFileSync(path: string): unknown };
  /** `Error` is what osls shows without a stack. */
  readonly classes: { readonly Error: new (message: string) => Error };
  /** serverless.yml; variables that only plugins know are not resolved yet. */
  readonly configurationInput: {
    readonly functions: Readonly<Record<string, FunctionParts>>;
    readonly custom: Permissions;
    readonly params: { readonly default: Readonly<Record<string, unknown>> };
    readonly provider: { readonly stage: string };
    readonly resources: readonly object[];
  };
  /** Variables in `value` are resolved like those of serverless.yml. */
  extendConfiguration(path: readonly string[], value: unknown): void;
  getProvider(name: 'aws'): { readonly naming: Naming };
}

interface Naming {
  getLambdaLogicalId(functionName: string): string;
  getLogGroupLogicalId(functionName: string): string;
}

/** @throws Error with what is wrong with the parameters, or says that there are none */
function setParameters(osls: Osls): void {
  const { commands, options } = osls.processedInput;
  const { params, provider } = osls.configurationInput;
  const defaults = params.default;
  const told = options.param ?? [];
  if (commands[0] === 'offline') {
    // What serverless-offline runs is not kept, so it needs no file.
    const given = Object.fromEntries(told.map((pair) => pair.split(/=(.*)/s, 2)));
    readParameters({ given, defaults, local: true });
    return;
  }
  const read = (path: string) => osls.utils.readFileSync(path);
  const values = parametersOfStage(
    { folder: osls.serviceDir, stage: provider.stage, deploys: commands[0] === 'deploy', told, read },
    (given): Values => readParameters({ given, defaults, local: false }),
  );
  osls.extendConfiguration(['params', provider.stage], values);
}

/** @throws Error that names the line of `custom.may` that is wrong */
function completeFunctions(osls: Osls): void {
  const { functions, custom, resources } = osls.configurationInput;
  const { naming } = osls.getProvider('aws');
  const made = complete(functions, custom, {
    logGroupOf: (name) => naming.getLogGroupLogicalId(name),
    lambdaOf: (name) => naming.getLambdaLogicalId(name),
  });
  for (const [name, parts] of Object.entries(made.functions)) {
    for (const [part, value] of Object.entries(parts)) {
      osls.extendConfiguration(['functions', name, part], value);
    }
  }
  const { roles: Resources, outputs: Outputs } = made;
  osls.extendConfiguration(['resources', String(resources.length)], { Resources, Outputs });
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
