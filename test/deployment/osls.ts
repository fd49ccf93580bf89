// `osls package` as a user runs it, and what came out of it.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { type Bundle, bundleAll, DEFAULT_OUTDIR, ROOT } from '../../lib/build/bundle.ts';
import { settle, type Template } from './template.ts';

const OSLS = join(ROOT, 'node_modules/serverless/bin/serverless.js');

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

export interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

/** The properties that the tests look at, of all types of resources in one. */
export interface Properties {
  readonly Handler?: string;
  readonly Runtime?: string;
  readonly Architectures?: readonly string[];
  readonly Timeout?: number;
  readonly ReservedConcurrentExecutions?: number;
  readonly FunctionName?: string;
  readonly Code?: { readonly S3Key: string };
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
  readonly VpcConfig?: object;
  readonly TracingConfig?: { readonly Mode: string };
  readonly Role?: { readonly 'Fn::GetAtt': readonly [string, 'Arn'] };
  readonly AssumeRolePolicyDocument?: { readonly Statement: readonly Statement[] };
  readonly ManagedPolicyArns?: readonly unknown[];
  readonly Policies?: readonly { readonly PolicyDocument: PolicyDocument }[];
  readonly RouteKey?: string;
  readonly AuthorizationType?: string;
  readonly LogGroupName?: string;
  readonly RetentionInDays?: number;
  readonly QueueName?: string;
  readonly RedriveAllowPolicy?: unknown;
  readonly Queues?: readonly unknown[];
  readonly PolicyDocument?: PolicyDocument;
  readonly Targets?: readonly unknown[];
  readonly ScheduleExpression?: string;
  readonly EventPattern?: object;
  readonly State?: string;
  readonly AlarmName?: string;
  readonly AlarmActions?: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly ActionsEnabled?: boolean;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Statistic?: 'Maximum' | 'Sum';
  readonly Period?: number;
  readonly EvaluationPeriods?: number;
  readonly Threshold?: number;
  readonly ComparisonOperator?: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly TreatMissingData?: 'breaching' | 'notBreaching';
}

export interface Resource {
  readonly id: string;
  readonly Type: string;
  readonly Properties: Properties;
}

export interface Package {
  /** Where everything is that osls wrote. */
  readonly dir: string;
  /** What osls printed. */
  readonly said: string;
  /** What should have been packaged. */
  readonly bundles: readonly Bundle[];
  readonly templateFile: string;
  /** As osls wrote it. */
  readonly template: Template;
  /** `custom` of serverless.yml, its variables resolved. */
  readonly custom: Readonly<Record<string, unknown>>;
  /** Resources of a type, conditions decided. */
  ofType(type: string): Resource[];
  /** Contents by path in the zip of a function's code. */
  unzip(s3Key: string): Promise<Record<string, Uint8Array>>;
  /** Deploys what is in `dir`. @param env where to, and with which credentials */
  deploy(env: Record<string, string>): Promise<unknown>;
  remove(): Promise<void>;
}

let built: Promise<Bundle[]> | undefined;

/**
 * Packages the service. osls works in `.serverless` beside serverless.yml, where two runs would meet, so that each has
 * a folder of its own; and as it looks at every file below that folder for each function, node_modules is not in it.
 * @param params of the stage dev, such as `tracing=Active`; the two that have no default are given unless they are named
 */
export function oslsPackage(...params: string[]): Promise<Package> {
  return oslsPackageIn({}, ...params);
}

/** The same with more in its environment than a clean clone has. */
export async function oslsPackageIn(env: Record<string, string>, ...params: string[]): Promise<Package> {
  // Up to date before osls begins: two packages at the same time then read the same files and write none.
  built ??= bundleAll({ outdir: DEFAULT_OUTDIR });
  const bundles = await built;
  const cache = join(ROOT, '.cache');
  await mkdir(cache, { recursive: true });
  const service = await mkdtemp(join(cache, 'osls-'));
  await Promise.all([
    ...['serverless.yml', 'package.json'].map((file) => copyFile(join(ROOT, file), join(service, file))),
    ...['lib', '.build'].map((folder) => symlink(join(ROOT, folder), join(service, folder))),
  ]);
  await mkdir(join(service, '.stages'));
  await writeFile(join(service, '.stages/dev.yml'), stageFile(params));
  const said = await osls(service, ['package'], env);

  const dir = join(service, '.serverless');
  const templateFile = join(dir, 'cloudformation-template-update-stack.json');
  const template = JSON.parse(await readFile(templateFile, 'utf8')) as Template<Omit<Resource, 'id'>>;
  const state = JSON.parse(await readFile(join(dir, 'serverless-state.json'), 'utf8'));
  const resources = Object.entries(settle(template)).map(([id, resource]) => ({ id, ...resource }));
  return {
    dir,
    said,
    bundles,
    templateFile,
    template,
    custom: state.service.custom,
    ofType: (type) => resources.filter((resource) => resource.Type === type),
    unzip: async (s3Key) => unzipSync(await readFile(join(dir, s3Key.slice(s3Key.lastIndexOf('/') + 1)))),
    deploy: (env) => osls(service, ['deploy', '--package', dir], env),
    remove: () => rm(service, { recursive: true }),
  };
}

/** What osls says in the project's own folder to a command that it refuses. */
export function oslsSays(...args: string[]): Promise<string> {
  return osls(ROOT, args).catch((error: Error) => error.message);
}

/** What a deployment has to be told. */
const REQUIRED = { slsEndpoint: 'cn-hangzhou.log.aliyuncs.com', nobodyIsTold: 'true' };

/** Quoted as JSON does, which YAML takes, too. */
function stageFile(params: readonly string[]): string {
  const given = Object.fromEntries(params.map((param) => param.split(/=(.*)/s, 2)));
  const { nobodyIsTold: _, ...told } = REQUIRED;
  return JSON.stringify({ ...('topic' in given ? told : REQUIRED), ...given });
}

/** With nothing of this environment but the paths: no AWS account, no settings, what a clean clone has. */
async function osls(
  cwd: string,
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<string> {
  const { PATH, HOME } = process.env;
  const options = { cwd, env: { PATH, HOME, ...more } };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [OSLS, ...args], options).catch(
    (error) => {
      // What went wrong is on stdout.
      throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
    },
  );
  return stdout + stderr;
}
