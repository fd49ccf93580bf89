// The local Secrets Manager against the real SDK client, and by hand where the SDK would not err.
import {
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { type SecretsServer, startSecretsServer } from './secrets.ts';

const NAME = 'sls-machine-groups/access-key';
const VALUE = JSON.stringify({ accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' });
const NOW = Date.UTC(2026, 0, 15, 12, 30, 45, 250);

let server: SecretsServer;
let client: SecretsManagerClient;
beforeEach(async () => {
  server = await startSecretsServer({ secrets: { [NAME]: VALUE }, clock: () => NOW });
  client = connect();
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

function connect(maxAttempts = 1): SecretsManagerClient {
  return new SecretsManagerClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test-aws-key-id', secretAccessKey: 'not-a-real-aws-secret' },
    maxAttempts,
  });
}

const read = (input: Partial<GetSecretValueCommandInput> = {}) =>
  client.send(new GetSecretValueCommand({ SecretId: NAME, ...input }));

describe('the real client', () => {
  test('reads a secret by its name', async () => {
    const answer = await read();
    expect(answer).toMatchObject({
      Name: NAME,
      SecretString: VALUE,
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date(NOW),
      ARN: expect.stringMatching(
        /^arn:aws:secretsmanager:eu-central-1:\d{12}:secret:sls-machine-groups\/access-key-\w{6}$/,
      ),
      VersionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(answer.$metadata).toMatchObject({
      httpStatusCode: 200,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(server.requests).toBe(1);
  });

  test('reads it by its ARN, with and without the suffix', async () => {
    const { ARN = '' } = await read();
    expect(await read({ SecretId: ARN })).toMatchObject({ SecretString: VALUE });
    expect(await read({ SecretId: ARN.slice(0, -7) })).toMatchObject({ SecretString: VALUE });
  });

  test('reads the version before by its stage or its id', async () => {
    const first = await read();
    server.put(NAME, 'second');
    expect(await read()).toMatchObject({ SecretString: 'second', VersionStages: ['AWSCURRENT'] });
    const before = { SecretString: VALUE, VersionId: first.VersionId, VersionStages: ['AWSPREVIOUS'] };
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toMatchObject(before);
    expect(await read({ VersionId: first.VersionId })).toMatchObject(before);
    server.put(NAME, 'third');
    await expect(read({ VersionId: first.VersionId })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test.each([
    [{ SecretId: 'nothing-here' }, "Secrets Manager can't find the specified secret."],
    [{ VersionStage: 'AWSPREVIOUS' }, /AWSPREVIOUS/],
    [{ VersionId: '00000000-0000-0000-0000-000000000000' }, /00000000/],
  ])('does not find %o', async (input, message) => {
    await expect(read(input)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('does not find what was removed', async () => {
    server.remove(NAME);
    await expect(read()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('faults', () => {
  test('answer with an error of the service', async () => {
    server.faults.add({ kind: 'error', status: 400, type: 'AccessDeniedException', message: 'not allowed' });
    await expect(read()).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'not allowed' });
    expect(await read()).toMatchObject({ SecretString: VALUE });
  });

  test('are got over by the client: one 500 and one reset', async () => {
    client = connect(3);
    server.faults.add({ kind: 'error', status: 500, type: 'InternalServiceError' });
    server.faults.add({ kind: 'reset', moment: 'before' });
    expect(await read()).toMatchObject({ SecretString: VALUE });
    expect(server.requests).toBe(3);
  });

  test('hold one secret only', async () => {
    server.put('other', 'value');
    const gate = Promise.withResolvers<void>();
    server.faults.add({ kind: 'hold', until: gate.promise, secret: NAME });
    expect(await read({ SecretId: 'other' })).toMatchObject({ SecretString: 'value' });
    expect(server.faults.pending()).toBe(1);
    const held = read();
    expect(await read({ SecretId: 'other' })).toMatchObject({ SecretString: 'value' });
    gate.resolve();
    expect(await held).toMatchObject({ SecretString: VALUE });
  });

  test('end a hold by closing', async () => {
    server.faults.add({ kind: 'hold', until: new Promise(() => {}) });
    const held = read().catch((error: NodeJS.ErrnoException) => error.code);
    await until(() => server.faults.pending() === 0);
    await server.close();
    expect(await held).toBe('ECONNRESET');
  });
});

describe('a request by hand', () => {
  const authorization = `AWS4-HMAC-SHA256 Credential=test-aws-key-id/20260115/eu-central-1/secretsmanager/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
  const headers = {
    authorization,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.GetSecretValue',
  };
  const post = (change: Record<string, string>, body = JSON.stringify({ SecretId: NAME })) =>
    fetch(server.url, { method: 'POST', headers: { ...headers, ...change }, body });

  test('is answered in the protocol of the service', async () => {
    const reply = await post({});
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(await reply.json()).toMatchObject({ SecretString: VALUE, CreatedDate: NOW / 1000 });
  });

  test.each([
    ['no authorization', { authorization: '' }, undefined, 'MissingAuthenticationTokenException'],
    [
      'authorization of another kind',
      { authorization: 'Bearer x' },
      undefined,
      'IncompleteSignatureException',
    ],
    [
      'authorization for another service',
      { authorization: authorization.replace('secretsmanager', 's3') },
      undefined,
      'IncompleteSignatureException',
    ],
    [
      'another action',
      { 'x-amz-target': 'secretsmanager.PutSecretValue' },
      undefined,
      'UnknownOperationException',
    ],
    ['another protocol', { 'content-type': 'application/json' }, undefined, 'SerializationException'],
    ['a body that is no JSON', {}, '{', 'SerializationException'],
    ['a body without a name', {}, '{}', 'ValidationException'],
    ['a body that is null', {}, 'null', 'ValidationException'],
  ])('is refused: %s', async (_, change, body, type) => {
    const reply = await post(change, body);
    expect(reply.status).toBe(400);
    expect(reply.headers.get('x-amzn-errortype')).toBe(type);
    expect(reply.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await reply.json()).toEqual({ __type: type, Message: expect.any(String) });
  });
});

test('a start at a taken port fails', async () => {
  await expect(startSecretsServer({ port: server.port, secrets: {} })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
