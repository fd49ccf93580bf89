// The AccessKey against moto's Secrets Manager: AWS's own protocol, spoken by code that nobody here wrote.
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createSecretReader, SecretError } from '../../../lib/aws/secrets.ts';
import { accessKeySource } from '../../../lib/runtime/access-key.ts';
import { describeWithMoto } from '../../support/moto.ts';

const SECRET_ID = 'sls-machine-groups/access-key';
const key = (n: number) => ({ accessKeyId: `test-key-${n}`, accessKeySecret: `not-a-real-secret-${n}` });

describeWithMoto('with moto', (moto) => {
  let admin: SecretsManagerClient;

  beforeAll(() => {
    admin = new SecretsManagerClient(moto.client);
    for (const [name, value] of Object.entries(moto.environment)) vi.stubEnv(name, value);
  });
  beforeEach(() => moto.reset());
  afterAll(() => {
    vi.unstubAllEnvs();
    admin?.destroy();
  });

  function source(secretId = SECRET_ID) {
    const read = createSecretReader();
    return accessKeySource({ secretId, read, ttlMs: 60_000, staleMs: 0, now: () => 0 });
  }
  const put = (value: string) =>
    admin.send(new PutSecretValueCommand({ SecretId: SECRET_ID, SecretString: value }));
  const create = (value: string) =>
    admin.send(new CreateSecretCommand({ Name: SECRET_ID, SecretString: value }));

  test('reads by name and by ARN', async () => {
    const { ARN } = await create(JSON.stringify(key(1)));
    expect(await source().get()).toMatchObject(key(1));
    expect(await source(ARN).get()).toMatchObject(key(1));
  });
  test('follows a rotation once SLS has refused the old key', async () => {
    await create(JSON.stringify(key(1)));
    const accessKey = source();
    const old = await accessKey.get();
    await put(JSON.stringify(key(2)));
    expect(await accessKey.get()).toMatchObject(key(1));
    expect(await accessKey.refresh(old)).toMatchObject(key(2));
    expect(await accessKey.get()).toMatchObject(key(2));
    expect(await accessKey.refresh(await accessKey.get())).toBeUndefined();
  });
  test.each([
    ['missing', async () => {}, 'SecretNotFound'],
    ['not JSON', async () => void (await create('marker')), 'SecretMalformed'],
    [
      'binary',
      async () =>
        void (await admin.send(new CreateSecretCommand({ Name: SECRET_ID, SecretBinary: Buffer.from('b') }))),
      'SecretMalformed',
    ],
    [
      'being deleted',
      async () => {
        await create('{}');
        await admin.send(new DeleteSecretCommand({ SecretId: SECRET_ID }));
      },
      'SecretUnusable',
    ],
  ])('a secret that is %s is named as such', async (_, prepare, code) => {
    await prepare();
    const error = await source()
      .get()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SecretError);
    expect(error).toMatchObject({ code, passing: false });
    expect((error as Error).message).not.toContain('marker');
  });
});
