// What a deployment would make of serverless.yml, read from the template and the zips that osls writes.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleAll, functionFiles, ROOT } from '../../lib/build/bundle.ts';
import { oslsPackage, type Package, type Properties, type Resource, type Statement } from './osls.ts';

/** Routes that answer without IAM credentials. Empty, and meant to stay so: give a reason with each. */
const OPEN_ROUTES: readonly string[] = [];

const DEFAULT_SECRET = 'sls-machine-groups/access-key';

const readSecret = (name: string): Statement => ({
  Effect: 'Allow',
  Action: 'secretsmanager:GetSecretValue',
  Resource: {
    'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${name}-??????`,
  },
});

const READ_ACCESS_KEY = readSecret(DEFAULT_SECRET);
/** The key of the functions that only read: another secret where a deployment names one. */
const READ_READING_KEY = readSecret(DEFAULT_SECRET);

/** What each function may do beside writing its own log. */
const MAY: Readonly<Record<string, readonly Statement[]>> = {
  'apply-config': [READ_ACCESS_KEY],
  'create-group': [READ_ACCESS_KEY],
  'delete-group': [READ_ACCESS_KEY],
  'get-group': [READ_READING_KEY],
  'list-config-groups': [READ_READING_KEY],
  'list-configs': [READ_READING_KEY],
  'list-groups': [READ_READING_KEY],
  'list-machines': [READ_READING_KEY],
  'patch-group': [READ_ACCESS_KEY],
  'remove-config': [READ_ACCESS_KEY],
  'update-group': [READ_ACCESS_KEY],
  'update-machines': [READ_ACCESS_KEY],
};

const TRACE: Statement = {
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: '*',
};

const names = (await functionFiles()).map((file) => basename(file, '.ts'));
const nameOf = ({ Handler = '' }: Properties): string =>
  /^\.build\/([^/]+)\/index\.handler$/.exec(Handler)?.[1] ?? `not a bundle: ${Handler}`;

const cfnLint = (() => {
  try {
    return execFileSync('cfn-lint', ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    process.stderr.write('serverless.test.ts: cfn-lint is not installed, its test is skipped\n');
    return undefined;
  }
})();

describe.each([
  { tracing: 'PassThrough', params: [], traces: [], readingSecret: DEFAULT_SECRET },
  {
    tracing: 'Active',
    params: ['tracing=Active', 'logRetentionInDays=7', 'readSecretName=test/reading-key'],
    traces: [TRACE],
    readingSecret: 'test/reading-key',
  },
])('tracing $tracing', ({ tracing, params, traces, readingSecret }) => {
  let dir: string;
  let made: Package;
  let functions: Map<string, Resource>;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'package-'));
    made = await oslsPackage(dir, ...params);
    functions = new Map(
      made.ofType('AWS::Lambda::Function').map((made_) => [nameOf(made_.Properties), made_]),
    );
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('each file of functions/ is a function, and each function is such a file', () => {
    expect([...functions.keys()].sort()).toEqual(names);
    for (const { Properties: p } of functions.values()) {
      expect(p).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: tracing },
      });
      // An HTTP API waits 30 seconds at most.
      expect(p.Timeout).toBeLessThan(30);
    }
  });

  test('each route wants IAM credentials', () => {
    const routes = made.ofType('AWS::ApiGatewayV2::Route').map(({ Properties: p }) => p);
    expect(routes.length).toBeGreaterThan(0);
    const open = routes.filter(({ AuthorizationType }) => AuthorizationType !== 'AWS_IAM');
    expect(open.map(({ RouteKey }) => RouteKey)).toEqual(OPEN_ROUTES);
  });

  test('each function has a role of its own that may what is written here', () => {
    expect(Object.keys(MAY).sort()).toEqual(names);
    const roles = new Map(made.ofType('AWS::IAM::Role').map((role) => [role.id, role.Properties]));
    const used = [...functions.values()].map(({ Properties: p }) => p.Role?.['Fn::GetAtt'][0] ?? '');
    expect([...used].sort()).toEqual([...roles.keys()].sort());
    expect(new Set(used).size).toBe(names.length);

    for (const [name, { Properties: p }] of functions) {
      const role = roles.get(p.Role?.['Fn::GetAtt'][0] ?? '');
      expect(role?.AssumeRolePolicyDocument?.Statement).toEqual([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]);
      expect(role?.ManagedPolicyArns).toBeUndefined();
      const log = made
        .ofType('AWS::Logs::LogGroup')
        .find(({ Properties: { LogGroupName } }) => LogGroupName === `/aws/lambda/${p.FunctionName}`);
      const writeLog = {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [log?.id, 'Arn'] },
      };
      const statements = role?.Policies?.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      expect(statements?.filter((statement) => !('Ref' in statement))).toEqual([
        writeLog,
        ...(MAY[name] ?? []).map((one) => (one === READ_READING_KEY ? readSecret(readingSecret) : one)),
        ...traces,
      ]);
      // A reference in place of a statement is the one that CloudFormation takes out.
      expect(statements?.filter((statement) => 'Ref' in statement)).toEqual(
        traces.length > 0 ? [] : [{ Ref: 'AWS::NoValue' }],
      );
    }
  });

  test('each function is told of the secret that it may read', () => {
    for (const [name, { Properties: p }] of functions) {
      const told = p.Environment?.Variables.SLS_SECRET_ID;
      expect(told, name).toBe(MAY[name]?.includes(READ_READING_KEY) ? readingSecret : DEFAULT_SECRET);
    }
  });

  test('nothing else grants anything, and no action holds a wildcard', () => {
    const policies = ['Policy', 'ManagedPolicy', 'RolePolicy', 'UserPolicy', 'GroupPolicy'];
    expect(policies.flatMap((type) => made.ofType(`AWS::IAM::${type}`))).toEqual([]);
    const actions = made
      .ofType('AWS::IAM::Role')
      .flatMap(({ Properties: p }) => p.Policies ?? [])
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement as Statement[])
      .flatMap(({ Action }) => Action ?? []);
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^[a-z]+:[A-Za-z]+$/.test(action))).toEqual([]);
  });

  test('logs are kept for a limited time', () => {
    const kept = made.ofType('AWS::Logs::LogGroup').map(({ Properties: p }) => p.RetentionInDays);
    expect(kept).toEqual(names.map(() => (params.length > 0 ? 7 : 30)));
  });

  test('each zip holds its bundle, byte for byte, and nothing else', async () => {
    const outdir = join(dir, 'bundles');
    const bundles = new Map((await bundleAll({ outdir })).map((bundle) => [bundle.name, bundle]));
    for (const [name, { Properties: p }] of functions) {
      const files = Object.keys(bundles.get(name)?.files ?? {});
      const zip = await made.unzip(p.Code?.S3Key ?? '');
      expect(Object.keys(zip).sort()).toEqual(files.map((file) => `.build/${name}/${file}`).sort());
      expect(Object.keys(zip).filter((path) => !path.endsWith('.mjs'))).toEqual([]);
      for (const file of files) {
        const content = await readFile(join(outdir, name, file));
        expect(content.equals(zip[`.build/${name}/${file}`] as Uint8Array), file).toBe(true);
      }
    }
  });

  test.skipIf(!cfnLint)('cfn-lint finds nothing', async () => {
    // Beside .cfnlintrc.yaml, which says what is ignored and why; a finding makes it exit with an error.
    const run = promisify(execFile)('cfn-lint', ['-t', made.templateFile], { cwd: ROOT });
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  });
});
