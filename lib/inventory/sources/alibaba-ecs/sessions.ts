// Credentials of roles in other accounts.

import { defined } from '../../../core/text/defined.ts';
import { ROLE_SESSION_SECONDS } from '../../../core/time/timeouts.ts';
import type { SigningCredentials } from '../../../signing/types.ts';
import { SourceError } from '../../source.ts';
import { assumedRole } from './answers.ts';
import type { AccessKey } from './api.ts';
import { type Calling, openCaller } from './call.ts';

export interface Role {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  /** Region whose STS is asked. */
  readonly region: string;
}

/** The role's key for readings, assumed with the one in `calling`. @throws SourceError */
export async function roleKey(role: Role, calling: Calling): Promise<AccessKey> {
  const credentials = await assumeRole(role, calling);
  return { get: async () => credentials, refresh: async () => undefined };
}

async function assumeRole(
  { roleArn, externalId, region }: Role,
  calling: Calling,
): Promise<SigningCredentials> {
  const query = defined({
    RoleArn: roleArn,
    RoleSessionName: 'sls-machine-groups',
    DurationSeconds: String(ROLE_SESSION_SECONDS),
    ExternalId: externalId,
  }) as Record<string, string>;
  const parsed = assumedRole().safeParse(await openCaller(calling).call('AssumeRole', region, query));
  // What is wrong with it is told by nobody: it may be half of a credential.
  if (!parsed.success)
    throw new SourceError(
      'malformed',
      calling.source,
      `AssumeRole in ${region}: the answer holds no credentials`,
    );
  const { AccessKeyId, AccessKeySecret, SecurityToken } = parsed.data.Credentials;
  return { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken };
}
