// Signatures: ours, those of official packages, and what the bare digests cost. One request with a small body, dated
// afresh for each signature; ours makes all headers of the request, and so does the peer.
import { createHmac, createSecretKey, hash } from 'node:crypto';
import { createRequire } from 'node:module';
import * as acs3 from '../../../lib/signing/acs3.ts';
import { type SignableRequest, sign, v1, v4 } from '../../../lib/signing/index.ts';
import { figure, goal, type Result } from './result.ts';
import { inTurns } from './statistics.ts';

const require = createRequire(import.meta.url);

const ROUNDS = 101;
const PER_ROUND = 1_000;
const REGION = 'cn-hangzhou';

const credentials = { accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' };
const body = Buffer.from(JSON.stringify(Array.from({ length: 10 }, (_, index) => `10.0.0.${index}`)));
const request: SignableRequest = {
  method: 'PUT',
  path: '/machinegroups/bench-group/machines',
  query: { action: 'add' },
  headers: {
    host: 'ali-test-project.cn-hangzhou.log.aliyuncs.com',
    'content-type': 'application/json',
    'x-log-apiversion': '0.6.0',
    'x-log-bodyrawsize': String(body.length),
    'x-log-signaturemethod': 'hmac-sha1',
  },
  body,
};

const ourV1 = () => sign(request, credentials, { version: 'v1', date: new Date() });
const ourV4 = () => sign(request, credentials, { version: 'v4', region: REGION, date: new Date() });

/** A page of DescribeInstances, which has no body. */
const rpc: SignableRequest = {
  method: 'POST',
  path: '/',
  query: { MaxResults: '100', NextToken: 'a-token-of-some-length', RegionId: REGION, 'Tag.1.Key': 'role' },
  headers: {
    host: `ecs.${REGION}.aliyuncs.com`,
    'x-acs-action': 'DescribeInstances',
    'x-acs-version': '2014-05-26',
  },
};
const nonce = '3156853299f313e23d1673dc12e1703d';

const ourAcs3 = () => acs3.sign(rpc, credentials, { date: new Date(), nonce });

/** The part of @alicloud/openapi-core's request that ends with its signature, done as it does it. */
function peerAcs3(): () => Record<string, string> {
  const { OpenApiUtil } = require('@alicloud/openapi-core') as {
    OpenApiUtil: {
      getTimestamp(): string;
      hash(raw: Buffer, algorithm: string): Buffer;
      getAuthorization(request: object, algorithm: string, hash: string, id: string, secret: string): string;
    };
  };
  const algorithm = 'ACS3-HMAC-SHA256';
  return () => {
    const payload = OpenApiUtil.hash(Buffer.from(''), algorithm).toString('hex');
    const headers: Record<string, string> = {
      ...rpc.headers,
      'x-acs-date': OpenApiUtil.getTimestamp(),
      'x-acs-signature-nonce': nonce,
      'x-acs-content-sha256': payload,
    };
    headers.authorization = OpenApiUtil.getAuthorization(
      { method: rpc.method, pathname: rpc.path, query: rpc.query, headers },
      algorithm,
      payload,
      credentials.accessKeyId,
      credentials.accessKeySecret,
    );
    return headers;
  };
}

/** The part of @alicloud/log's request that ends with its signature, done as it does it. */
function peerV1(): () => Record<string, string> {
  const Log = require('@alicloud/log') as new (
    options: object,
  ) => {
    _sign(verb: string, path: string, query: object, headers: object, key: typeof credentials): string;
  };
  const { md5 } = createRequire(require.resolve('@alicloud/log'))('kitx') as {
    md5: (data: Buffer, encoding: 'hex') => string;
  };
  const log = new Log({ ...credentials, endpoint: 'cn-hangzhou.log.aliyuncs.com' });
  return () => {
    const headers: Record<string, string> = { date: new Date().toUTCString(), ...request.headers };
    headers['content-md5'] = md5(body, 'hex').toUpperCase();
    headers.authorization = log._sign(
      request.method,
      request.path,
      request.query ?? {},
      headers,
      credentials,
    );
    return headers;
  };
}

export async function run(): Promise<Result[]> {
  const peer = peerV1();
  const given = ourV1();
  const text1 = v1.stringToSign(request, given);
  const floorV1 = () => {
    hash('md5', body, 'hex');
    return createHmac('sha1', credentials.accessKeySecret).update(text1).digest('base64');
  };
  const headers4 = ourV4();
  const dateTime = headers4['x-log-date'] as string;
  const canonical = v4.canonicalRequest(request, headers4);
  const scope = v4.credentialScope(dateTime, REGION);
  const text4 = v4.stringToSign(dateTime, scope, canonical);
  const key = createSecretKey(v4.signingKey(credentials.accessKeySecret, dateTime, REGION));
  const floorV4 = () => {
    hash('sha256', body, 'hex');
    hash('sha256', canonical, 'hex');
    return createHmac('sha256', key).update(text4).digest('hex');
  };
  assertSame(`LOG ${credentials.accessKeyId}:${floorV1()}`, given.authorization);
  assertSame(floorV4(), headers4.authorization?.replace(/.*Signature=/, ''));
  const theirs = peer();
  const asTheirs = { ...request, headers: { ...request.headers, date: theirs.date as string } };
  assertSame(
    sign(asTheirs, credentials, { version: 'v1', date: new Date() }).authorization,
    theirs.authorization,
  );

  const officialAcs3 = peerAcs3();
  const theirsOfAcs3 = officialAcs3();
  const asTheirsOfAcs3 = {
    ...rpc,
    headers: { ...rpc.headers, 'x-acs-date': theirsOfAcs3['x-acs-date'] as string },
  };
  const oursOfAcs3 = acs3.sign(asTheirsOfAcs3, credentials, { date: new Date(), nonce });
  assertSame(oursOfAcs3.authorization, theirsOfAcs3.authorization);
  const canonicalOfAcs3 = acs3.canonicalRequest(rpc, oursOfAcs3);
  const textOfAcs3 = acs3.stringToSign(canonicalOfAcs3);
  const floorAcs3 = () => {
    hash('sha256', canonicalOfAcs3, 'hex');
    return createHmac('sha256', credentials.accessKeySecret).update(textOfAcs3).digest('hex');
  };
  assertSame(floorAcs3(), oursOfAcs3.authorization?.replace(/.*Signature=/, ''));

  const subjects = {
    'V1, ours': ourV1,
    'V1, @alicloud/log': peer,
    'V1, bare MD5 + HMAC': floorV1,
    'V4, ours': ourV4,
    'V4, bare 2 × SHA-256 + HMAC': floorV4,
    'ACS3, ours': ourAcs3,
    'ACS3, @alicloud/openapi-core': officialAcs3,
    'ACS3, bare SHA-256 + HMAC': floorAcs3,
  };
  type Name = keyof typeof subjects;
  const timed = Object.fromEntries(
    Object.entries(subjects).map(([name, work]) => [name, async () => ({ us: microseconds(work) })]),
  );
  await inTurns(10, timed);
  const series = await inTurns(ROUNDS, timed);
  const compare = (of: Name, to: Name, atMost: number) =>
    goal(series, `${of}.us`, `${to}.us`, { says: `${of} / ${to.replace(/^\w+, /, '')}`, atMost });
  return [
    {
      title: 'Signing, µs of CPU a signature',
      figures: Object.keys(subjects).map(
        (name) => [name, 'µs', figure(series, `${name}.us`, '')[2]] as const,
      ),
      goals: [
        compare('V1, ours', 'V1, bare MD5 + HMAC', 1.5),
        compare('V1, ours', 'V1, @alicloud/log', 1),
        compare('V4, ours', 'V4, bare 2 × SHA-256 + HMAC', 1.5),
        compare('ACS3, ours', 'ACS3, @alicloud/openapi-core', 1),
      ],
      notes: [
        `One request with ${body.length} bytes of body, ${PER_ROUND} signatures a round. V4 with the signing key of the day in its cache. ACS3: a page of DescribeInstances, without a body.`,
      ],
    },
  ];
}

function microseconds(work: () => unknown): number {
  const before = process.cpuUsage();
  for (let count = 0; count < PER_ROUND; count += 1) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / PER_ROUND;
}

function assertSame(ours: string | undefined, theirs: string | undefined): void {
  if (ours !== theirs) throw new Error('the signatures that are compared for their time are different ones');
}
