// Packages of the stage dev, as tests ask for them.
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { packageStage, serviceFolder } from '../../../lib/build/osls.ts';

export interface Packaged {
  /** The folder of the service; what osls wrote is in its `.serverless`. */
  readonly service: string;
  /** What osls printed. */
  readonly said: string;
}

/** Packages with bundles that are there. @param params of the stage dev, such as `tracing=Active` */
export async function packageOf(bundles: string, params: readonly string[]): Promise<Packaged> {
  const service = await serviceFolder();
  await symlink(bundles, join(service, '.build'));
  return { service, said: await packageAt(service, { BUNDLES: 'given' }, params) };
}

/** @param env beside what a clean clone has */
export async function packageAt(
  service: string,
  env: Record<string, string>,
  params: readonly string[],
): Promise<string> {
  return packageStage(service, 'dev', parametersOf(params), env);
}

/** What a deployment has to be told. */
const REQUIRED = { slsEndpoint: 'cn-hangzhou.log.aliyuncs.com', nobodyIsTold: 'true' };

function parametersOf(params: readonly string[]): Record<string, string> {
  const given = Object.fromEntries(params.map((param) => param.split(/=(.*)/s, 2)));
  const { nobodyIsTold: _, ...told } = REQUIRED;
  return { ...('topic' in given ? told : REQUIRED), ...given };
}
