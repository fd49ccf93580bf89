// A release: what its template is made of, and that it deploys with the AWS CLI alone.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionFiles, ROOT } from '../../lib/build/bundle.ts';
import { releaseNotes } from '../../lib/build/release/notes.ts';
import { makeRelease } from '../../lib/build/release/release.ts';
import { CHOICES, packagedWith, STAGE, TEXTS } from '../../lib/build/release/settings.ts';
import { releaseTemplate, type Template } from '../../lib/build/release/template.ts';
import { describeWithMoto } from '../support/moto.ts';
import { needs } from '../support/needs.ts';
import { LONG } from '../support/whole.ts';

const MADE_MS = 400_000;
const ref = (name: string) => `\${${name}}`;
const has = (command: string) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

test('no placeholder stands in another one, so that each is found as itself', () => {
  const all = Object.values(TEXTS).map(({ placeholder }) => placeholder);
  for (const one of all) expect(all.filter((other) => other.includes(one))).toEqual([one]);
});

describe('the template', () => {
  const template = (value: unknown, more: object = {}) =>
    ({
      Resources: { Some: { Type: 'AWS::Any', Properties: { Value: value } }, ...more },
      Outputs: {},
      Conditions: {},
      Parameters: {},
    }) as unknown as Template;
  const shown = ({ Resources }: Template) =>
    (Resources.Some as { Properties: { Value: unknown } }).Properties.Value;
  const { SlsEndpoint, HookSecrets } = TEXTS;

  test.each([
    ['nothing of ours', 'nothing of ours'],
    [STAGE, { Ref: 'Stage' }],
    [`a-${STAGE}-b`, { 'Fn::Sub': `a-${ref('Stage')}-b` }],
    [`${ref('not')} ${STAGE}`, { 'Fn::Sub': `${ref('!not')} ${ref('Stage')}` }],
    [{ 'Fn::Sub': `${ref('AWS::Region')}:${STAGE}` }, { 'Fn::Sub': `${ref('AWS::Region')}:${ref('Stage')}` }],
    [[`${SlsEndpoint?.placeholder}/${STAGE}`], [{ 'Fn::Sub': `${ref('SlsEndpoint')}/${ref('Stage')}` }]],
    [HookSecrets?.placeholder, HookSecrets?.value],
    [
      `x,${HookSecrets?.placeholder}`,
      { 'Fn::Sub': [`x,${ref('HookSecrets')}`, { HookSecrets: HookSecrets?.value }] },
    ],
    [
      { S3Bucket: { Ref: 'ServerlessDeploymentBucket' }, S3Key: `serverless/${STAGE}/1/create-group.zip` },
      {
        S3Bucket: { Ref: 'ArtifactBucket' },
        S3Key: { 'Fn::Sub': `${ref('ArtifactPrefix')}create-group.zip` },
      },
    ],
  ])('makes parameters of placeholders: %j', (packaged, expected) => {
    expect(shown(releaseTemplate(template(packaged), {}))).toEqual(expected);
  });

  test('makes a condition where a choice makes a difference, and both where two do', () => {
    const made = releaseTemplate(template({ same: 1, a: 1, b: [1], c: 1 }), {
      Schedule: template({ same: 1, a: 2, b: [1], c: 2 }),
      ErrorNames: template({ same: 1, a: 1, b: [1, 2], c: 3, d: 4 }),
    });
    expect(shown(made)).toEqual({
      same: 1,
      a: { 'Fn::If': ['ScheduleIsOther', 2, 1] },
      b: { 'Fn::If': ['ErrorNamesIsOther', [1, 2], [1]] },
      c: { 'Fn::If': ['ErrorNamesIsOther', 3, { 'Fn::If': ['ScheduleIsOther', 2, 1] }] },
      d: { 'Fn::If': ['ErrorNamesIsOther', 4, { Ref: 'AWS::NoValue' }] },
    });
    expect(made.Conditions).toEqual({
      ScheduleIsOther: { 'Fn::Equals': [{ Ref: 'Schedule' }, 'on'] },
      ErrorNamesIsOther: { 'Fn::Equals': [{ Ref: 'ErrorNames' }, 'sdk'] },
    });
  });

  test('is refused where a choice adds a resource', () => {
    const others = { Schedule: template(1, { Another: { Type: 'AWS::Any' } }) };
    expect(() => releaseTemplate(template(1), others)).toThrow(
      '.Resources.Another is there in one package and not in another',
    );
  });

  test('is packaged once for each choice, which differ in that alone', () => {
    const usual = packagedWith();
    for (const [name, { packagedAs, other }] of Object.entries(CHOICES))
      expect(packagedWith(name)).toEqual({ ...usual, [packagedAs]: other });
  });
});

test('notes are the subjects of the commits by their part, without merges', () => {
  const subjects = ['sync: keep <b>', 'Merge a branch', 'api: add a thing', 'Say why', 'sync: first'];
  expect(releaseNotes('1.2.0', 'v1.1.0', subjects)).toBe(
    '# sls-machine-groups 1.2.0\n\nChanges since v1.1.0.\n\n## api\n\n- add a thing\n\n## sync\n\n- keep &lt;b>\n- first\n\n## other\n\n- Say why\n',
  );
  expect(releaseNotes('0.1.0', undefined, [])).toContain('The first release.');
});

test('notes of many commits hold the newest, and how many more there are', () => {
  const subjects = Array.from({ length: 594 }, (_, at) => `sync: change ${594 - at}`);
  for (const since of [undefined, 'v1.1.0']) {
    const notes = releaseNotes('1.2.0', since, subjects);
    expect(notes.match(/^- /gm)).toHaveLength(50);
    expect(notes).toMatch(/^- change 545\n\nAnd 544 older commits\.\n$/m);
  }
});

test('notes of the first release are what the list of changes says', async () => {
  const changes =
    '# Changes\n\n## Not yet released\n\n- **Freeze**: see ([freeze](freeze.md)) and\n  [more](a.md#b).\n\n## 0.0.1\n\n- old\n';
  expect(releaseNotes('0.1.0', undefined, ['a: b'], changes)).toBe(
    '# sls-machine-groups 0.1.0\n\nThe first release.\n\n- **Freeze**: see and\n  more.\n',
  );
  expect(releaseNotes('0.0.1', undefined, [], changes)).toMatch(/release\.\n\n- old\n$/);
  const own = await readFile(join(ROOT, 'docs/CHANGELOG.md'), 'utf8');
  expect(releaseNotes('0.1.0', undefined, ['a: b'], own)).toMatch(/^- \*\*Freeze\*\*: /m);
});

describe('as it is made', needs(LONG), () => {
  let parent: string;
  let folder: string;
  let made: Template;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'release-'));
    folder = await makeRelease(parent);
    made = JSON.parse(await readFile(join(folder, 'template.json'), 'utf8'));
  }, MADE_MS);
  afterAll(() => rm(parent, { recursive: true, force: true }));

  test('holds a zip of every function, and digests of everything', async () => {
    const files = await readdir(folder);
    const names = (await functionFiles()).map((file) => `${basename(file, '.ts')}.zip`);
    expect(files.filter((file) => file.endsWith('.zip'))).toEqual(names.sort());
    const checked = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
    const others = files.filter((file) => file !== 'SHA256SUMS');
    expect(checked.trim().split('\n').sort()).toEqual(others.map((file) => `${file}: OK`).sort());
    const zips = JSON.stringify(made.Resources).match(/\$\{ArtifactPrefix\}[\w-]+\.zip/g);
    expect(zips?.map((key) => key.slice(ref('ArtifactPrefix').length)).sort()).toEqual(names);
  });

  test('has no placeholder left, nor a region or a bucket of its own', () => {
    const { Resources, Outputs } = made;
    const text = JSON.stringify({ Resources, Outputs });
    for (const { placeholder } of Object.values(TEXTS)) expect(text).not.toContain(placeholder);
    expect(text).not.toMatch(/eu-central-1|ServerlessDeploymentBucket|release-/);
    // Every parameter does something.
    for (const name of Object.keys(made.Parameters))
      expect(JSON.stringify({ ...made, Parameters: {} }), name).toMatch(
        new RegExp(`"Ref":"${name}"|\\$\\{${name}\\}`),
      );
  });

  test('has a command line that says what it can', () => {
    const run = spawnSync(process.execPath, [join(folder, 'sls-machine-groups.mjs'), '--help'], {
      encoding: 'utf8',
    });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('validate');
  });

  describe('cfn-lint', needs(has('cfn-lint') ? undefined : 'cfn-lint is not installed'), () => {
    test('has nothing against it', { timeout: 120_000 }, () => {
      const args = ['--ignore-checks', 'W3005', '--template', join(folder, 'template.json')];
      const { stdout, status } = spawnSync('cfn-lint', args, { encoding: 'utf8', cwd: folder });
      expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
    });
  });

  describe('by the AWS CLI', needs(has('aws') ? undefined : 'the AWS CLI is not installed'), () => {
    describeWithMoto('against moto', (moto) => {
      test('is deployed without Node, with the schedule off, and as another stage with it on', {
        timeout: 300_000,
      }, () => {
        const aws = (...args: string[]) => {
          // moto takes the bucket of a template from the path where the host is localhost.
          const AWS_ENDPOINT_URL = moto.url.replace('127.0.0.1', 'localhost');
          const { PATH } = process.env;
          const env = { PATH, HOME: folder, ...moto.environment, AWS_ENDPOINT_URL, AWS_REGION: undefined };
          const options = { encoding: 'utf8', env: { ...env, AWS_DEFAULT_REGION: 'eu-central-1' } } as const;
          return execFileSync('aws', [...args, '--output', 'json'], options);
        };
        // moto cannot update what it made of this template.
        const deploy = (stack: string, ...settings: string[]) =>
          aws(
            ...['cloudformation', 'deploy', '--stack-name', stack, '--s3-bucket', 'releases'],
            ...['--template-file', join(folder, 'template.json'), '--capabilities', 'CAPABILITY_IAM'],
            ...['--parameter-overrides', 'ArtifactBucket=releases', 'ArtifactPrefix=slsmg/', ...settings],
          );
        aws('s3', 'mb', 's3://releases');
        aws(
          's3',
          'cp',
          folder,
          's3://releases/slsmg/',
          '--recursive',
          '--exclude',
          '*',
          '--include',
          '*.zip',
        );
        deploy('first', 'SlsEndpoint=eu-central-1.log.aliyuncs.com');
        const settingsOf = (stage: string) => {
          const name = `sls-machine-groups-${stage}-sync-from-inventory`;
          const got = aws('lambda', 'get-function-configuration', '--function-name', name);
          return JSON.parse(got).Environment.Variables;
        };
        const states = (stage: string) => {
          const { Rules } = JSON.parse(aws('events', 'list-rules')) as {
            Rules: { Name: string; State: string }[];
          };
          return Rules.filter(({ Name }) => Name.includes(stage)).map(({ State }) => State);
        };
        expect(settingsOf('prod')).toMatchObject({
          SLS_ENDPOINT: 'eu-central-1.log.aliyuncs.com',
          SLS_SECRET_ID: 'sls-machine-groups/prod/access-key',
          SYNC_CONFIG: 'ssm:///sls-machine-groups/prod/sync',
          SYNC_PERIOD_S: '',
          SLS_ERROR_NAMES: 'documented',
        });
        expect(states('first')).toContain('DISABLED');
        const settings = [
          'Stage=late',
          'SlsEndpoint=cn-hangzhou.log.aliyuncs.com',
          'Schedule=on',
          'ErrorNames=sdk',
        ];
        deploy('second', ...settings);
        expect(settingsOf('late')).toMatchObject({
          SLS_ENDPOINT: 'cn-hangzhou.log.aliyuncs.com',
          SLS_SECRET_ID: 'sls-machine-groups/late/access-key',
          SYNC_PERIOD_S: '300',
          SLS_ERROR_NAMES: 'sdk',
        });
        expect(states('second')).not.toContain('DISABLED');
      });
    });
  });
});
