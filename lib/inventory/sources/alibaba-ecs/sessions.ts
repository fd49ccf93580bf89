// Credentials of roles in other accounts. A session serves all readings that begin soon after it, so that a run assumes
// each role once, however many groups it has.

import { keyOrigins } from '../../../core/address/alibaba.ts';
import { defined } from '../../../core/text/defined.ts';
import { ALIBABA_SESSION_USE_MS, ROLE_SESSION_SECONDS } from '../../../core/time/timeouts.ts';
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
  const credentials = await sessionOf(role, calling);
  return { get: async () => credentials, refresh: async () => undefined };
}

async function sessionOf(role: Role, calling: Calling): Promise<SigningCredentials> {
  const { now } = calling;
  const { sessions } = calling.apis;
  const { accessKeyId } = await calling.key.get();
  // Whoever asks with another key, another external id or elsewhere might not get one.
  const name = JSON.stringify([accessKeyId, role, keyOrigins(calling.places, ['sts'])]);
  for (const [key, { at }] of sessions) if (now() - at >= ALIBABA_SESSION_USE_MS) sessions.delete(key);
  const known = sessions.get(name);
  if (known !== undefined) {
    // Another reading may have given up in the middle of it; that is no answer to this one.
    const credentials = await known.credentials.catch(() => undefined);
    if (credentials !== undefined) return credentials;
  }
  const session = { at: now(), credentials: assumeRole(role, calling) };
  sessions.set(name, session);
  try {
    return await session.credentials;
  } catch (error) {
    if (sessions.get(name) === session) sessions.delete(name);
    throw error;
  }
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
