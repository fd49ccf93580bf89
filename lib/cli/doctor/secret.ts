// The secret of the AccessKey: whether it can be read, its shape and its age. Nothing of its value is told.
import { readSecretVersion } from '../../aws/secret-version.ts';
import { SECRET_SAYS } from '../../aws/secrets.ts';
import { ACCESS_KEY_OLD_DAYS, DAY_MS } from '../../core/time/timeouts.ts';
import { parseAccessKey } from '../../runtime/access-key.ts';
import { type Finding, ok, reasonOf, todoOf, warning, wrong } from './finding.ts';
import type { Patient } from './patient.ts';

const CHECK = 'secret of the AccessKey';
const SHAPE = 'put JSON with accessKeyId and accessKeySecret into it';

export async function* secret({ settings, io }: Patient): AsyncGenerator<Finding> {
  try {
    const { text, createdAt } = await readSecretVersion(settings.secretId);
    if (text === undefined) {
      yield wrong(CHECK, SECRET_SAYS.SecretMalformed, SHAPE);
      return;
    }
    try {
      parseAccessKey(text);
    } catch (error) {
      yield wrong(CHECK, reasonOf(error), SHAPE);
      return;
    }
    const age = createdAt === undefined ? 0 : io.now() - createdAt;
    const days = Math.floor(age / DAY_MS);
    yield days >= ACCESS_KEY_OLD_DAYS
      ? warning(
          CHECK,
          `is ${days} days old`,
          'make a new AccessKey, put it into the secret, then delete the old one',
        )
      : ok(CHECK, `is an AccessKey, ${days} days old`);
  } catch (error) {
    yield wrong(
      CHECK,
      `cannot be read (${reasonOf(error)})`,
      todoOf(error, 'compare SLS_SECRET_ID (secretName), and allow secretsmanager:GetSecretValue on it'),
    );
  }
}
