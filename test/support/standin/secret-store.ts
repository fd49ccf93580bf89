// What the local Secrets Manager keeps: two versions of each secret, found by name or ARN.
import { randomUUID } from 'node:crypto';

type Stage = 'AWSCURRENT' | 'AWSPREVIOUS';

interface Version {
  readonly id: string;
  readonly value: string;
  /** Seconds since the epoch, with a fraction. */
  readonly created: number;
}

/** Six characters that Secrets Manager adds to a name in its ARN, the same for each here. */
const ARN_SUFFIX = 'AbCdEf';

export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly status: number;
  readonly type: string;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** What GetSecretValue is asked. */
export interface Query {
  readonly SecretId: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
}

/** The name in a name, in a full ARN, or in an ARN without its six characters. */
export function nameOf(secretId: string): string {
  const tail = /^arn:aws:secretsmanager:[^:]*:\d{12}:secret:(.+)$/.exec(secretId)?.[1];
  if (tail === undefined) return secretId;
  return tail.endsWith(`-${ARN_SUFFIX}`) ? tail.slice(0, -ARN_SUFFIX.length - 1) : tail;
}

export class SecretStore {
  /** Newest version first, two at most. */
  readonly #versions = new Map<string, readonly Version[]>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  put(name: string, value: string): void {
    const version = { id: randomUUID(), value, created: this.#clock() / 1000 };
    this.#versions.set(name, [version, ...(this.#versions.get(name) ?? [])].slice(0, 2));
  }

  remove(name: string): void {
    this.#versions.delete(name);
  }

  read({ SecretId, VersionId, VersionStage }: Query, region: string): object {
    const name = nameOf(SecretId);
    const versions = this.#versions.get(name);
    if (!versions) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    const stages: readonly Stage[] = ['AWSCURRENT', 'AWSPREVIOUS'];
    const wanted = VersionStage ?? (VersionId === undefined ? 'AWSCURRENT' : undefined);
    const at = versions.findIndex(
      ({ id }, i) =>
        (VersionId === undefined || id === VersionId) && (wanted === undefined || stages[i] === wanted),
    );
    const version = versions[at];
    if (!version) {
      const what = VersionId === undefined ? `staging label: ${wanted}` : `VersionId: ${VersionId}`;
      throw new AwsError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for ${what}`,
      );
    }
    return {
      ARN: `arn:aws:secretsmanager:${region}:123456789012:secret:${name}-${ARN_SUFFIX}`,
      Name: name,
      VersionId: version.id,
      SecretString: version.value,
      VersionStages: [stages[at]],
      CreatedDate: version.created,
    };
  }
}
