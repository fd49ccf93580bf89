// `osls package` as a user runs it, and what came out of it.
import { cp, readFile, readlink, realpath, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { type Bundle, DEFAULT_OUTDIR, ROOT } from '../../lib/build/bundle.ts';
import { bundlesIn } from '../../lib/build/kept.ts';
import { osls, serviceFolder } from '../../lib/build/osls.ts';
import { ofThisRun } from '../support/run/ask.ts';
import { type Packaged, packageAt } from '../support/run/osls.ts';
import { settle, type Template } from './template.ts';

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

/**
 * Packages the service, once a run for the same parameters: the caller gets a copy of its own.
 * @param params of the stage dev, such as `tracing=Active`; the two that have no default are given unless they are named
 */
export async function oslsPackage(...params: string[]): Promise<Package> {
  const { service, said } = await ofThisRun<Packaged>('package', params);
  const own = await serviceFolder();
  for (const folder of ['.serverless', '.stages'])
    await cp(join(service, folder), join(own, folder), { recursive: true });
  await symlink(await readlink(join(service, '.build')), join(own, '.build'));
  return packageIn({ service: own, said });
}

/** The same, made anew, bundles too, and with more in the environment than a clean clone has. */
export async function oslsPackageAnew(env: Record<string, string>, ...params: string[]): Promise<Package> {
  const service = await serviceFolder();
  await symlink(DEFAULT_OUTDIR, join(service, '.build'));
  return packageIn({ service, said: await packageAt(service, env, params) });
}

async function packageIn({ service, said }: Packaged): Promise<Package> {
  const dir = join(service, '.serverless');
  const templateFile = join(dir, 'cloudformation-template-update-stack.json');
  const template = JSON.parse(await readFile(templateFile, 'utf8')) as Template<Omit<Resource, 'id'>>;
  const state = JSON.parse(await readFile(join(dir, 'serverless-state.json'), 'utf8'));
  const resources = Object.entries(settle(template)).map(([id, resource]) => ({ id, ...resource }));
  return {
    dir,
    said,
    bundles: await bundlesIn(await realpath(join(service, '.build'))),
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
