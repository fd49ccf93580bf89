// Commands that README and docs/ offer to paste, run in their order: against `npm start` with and without IAM, and
// against moto. What cannot run here is listed with its reason, and its syntax is checked.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../../lib/build/bundle.ts';
import { COMPILED } from '../../support/compiled.ts';
import { describeWithMoto } from '../../support/moto.ts';
import { needs } from '../../support/needs.ts';
import { type Block, type Page, pageAt, pages, targetOf } from '../../support/pages.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { LONG, share } from '../../support/whole.ts';
import { type Started, secretsSaid, startReady, TEST_MS } from '../local/start-process.ts';
import { commandsOf, patternOf, type Ran, runCommands, syntaxFault } from './shell.ts';

/** By the word after `sh` of a block. */
const CANNOT_RUN: Readonly<Record<string, string>> = {
  terminal: 'it starts what the other commands are for, or all tests',
  deployed: 'it needs a stack in an AWS account and a project of Log Service',
};

const ANEW = 'Start `npm start` anew for this page';

/** README, then the pages that it leads to, as it has them. */
function inOrder(all: readonly Page[]): Page[] {
  const readme = pageAt('README.md');
  const led = readme.links.map((link) =>
    targetOf(readme, link).path.replace(/^(docs\/\w+)$/, '$1/README.md'),
  );
  const docs = all.filter(({ path }) => path.startsWith('docs/'));
  const place = ({ path }: Page) => led.indexOf(path);
  return [readme, ...docs.toSorted((a, b) => place(a) - place(b))];
}

const documented = inOrder(await pages());
const isShell = ({ info }: Block) => /^sh\b/.test(info);
const kindOf = ({ info }: Block) => info.replace(/^sh ?/, '');
/**
 * The pages of which commands are run. Most commands start a process that takes half a second of CPU or more, and each
 * start of `npm start` takes four: `npm test` has what a stranger pastes first.
 */
const pasted = share(
  documented.filter(({ path }) => ['README.md', 'docs/sync.md', 'docs/deploying.md'].includes(path)),
  documented,
);
const pagesWith = (kind: string) =>
  pasted.filter(({ blocks }) => blocks.some((block) => isShell(block) && kindOf(block) === kind));

/** What a page shows after a block: a block without a language, or of Markdown. */
function shownAfter({ blocks, text }: Page, block: Block): string | undefined {
  const next = blocks[blocks.indexOf(block) + 1];
  if (!next || !['', 'markdown'].includes(next.info)) return undefined;
  const end = block.line + block.text.split('\n').length;
  const between = text.split('\n').slice(end, next.line - 1);
  return between.every((line) => line.trim() === '') ? next.text : undefined;
}

/** A folder that looks like the repository, in which commands may write. */
function checkout(path: string): string {
  mkdirSync(join(path, '.cache/local'), { recursive: true });
  cpSync(join(ROOT, '.stages/example.yml'), join(path, '.stages/example.yml'), { recursive: true });
  for (const name of ['docs', 'functions', 'lib', 'node_modules', 'package.json', 'serverless.yml', 'test'])
    symlinkSync(join(ROOT, name), join(path, name));
  return path;
}

interface Shell {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly before?: string;
  /** Of `npm start`; the pages say 3000. */
  readonly port?: number;
}

/** Runs the blocks of a kind of one page. @returns what went wrong, a sentence each */
async function faultsOf(page: Page, kind: string, { port = 3000, ...shell }: Shell): Promise<string[]> {
  const blocks = page.blocks.filter((block) => isShell(block) && kindOf(block) === kind);
  const commands = blocks.map((block) =>
    commandsOf({ ...block, text: block.text.replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`) }),
  );
  const ran = await runCommands(commands.flat(), shell);
  let at = 0;
  return blocks.flatMap((block, index) => {
    const count = commands[index]?.length ?? 0;
    const these = ran.slice(at, at + count);
    at += count;
    return faultsOfBlock(page, block, these);
  });
}

function faultsOfBlock(page: Page, block: Block, ran: readonly Ran[]): string[] {
  const where = `${page.path}:${block.line}`;
  const shown = shownAfter(page, block);
  const all = ran.map(({ output }) => output).join('');
  const faults = ran.flatMap(({ text, shows, output, code }) => {
    const isShown = shows === undefined || new RegExp(patternOf(shows).source.slice(1, -1)).test(output);
    const isError = /"errorCode"|"message":"Forbidden"|command not found/.test(output);
    const isExpected = `${shows} ${shown}`.includes('"errorCode"');
    if (code === 0 && isShown && (!isError || isExpected)) return [];
    return `${where}: ${text}\nexit code ${code}, output:\n${output}`;
  });
  // The end of it is enough: earlier commands may have what they print behind them.
  const ends = ran.map((_, index) =>
    ran
      .slice(index)
      .map(({ output }) => output)
      .join('')
      .trim(),
  );
  if (shown !== undefined && !ends.some((end) => patternOf(shown).test(end)))
    faults.push(`${where}: the page shows\n${shown}\nthe commands print\n${all}`);
  return faults;
}

const HOME = process.env.HOME ?? '';
const PATH = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
const USUAL = { PATH, HOME, ...COMPILED };

test('every block of commands is one that is run, or says why it is not', () => {
  const kinds = documented.flatMap(({ blocks }) => blocks.filter(isShell).map(kindOf));
  expect([...new Set(kinds)].sort()).toEqual(['', 'moto', ...Object.keys(CANNOT_RUN)].sort());
});

test('every block of commands is taken by a shell', () => {
  for (const { path, blocks } of documented) {
    for (const block of blocks.filter(isShell))
      expect(syntaxFault(block.text), `${path}:${block.line}`).toBeUndefined();
  }
});

test('curl’s queries are sorted, as its signature wants them', () => {
  const unsorted = documented.flatMap(({ path, blocks }) =>
    blocks.filter(isShell).flatMap(({ text }) =>
      Array.from(
        text.replaceAll('$project', 'projectName=').matchAll(/\?([\w%$=&{}-]+)/g),
        ([, query = '']) => query.split('&').map((pair) => pair.split('=')[0] ?? ''),
      )
        .filter((names) => names.join() !== names.toSorted().join())
        .map((names) => `${path}: ${names.join('&')}`),
    ),
  );
  expect(unsorted).toEqual([]);
});

/** With IAM the same commands go through another door: for `npm test` one page has to find it. */
const STARTS = [
  ['off', pagesWith('')],
  ['on', share(pagesWith('').slice(0, 1), pagesWith(''))],
] as const;

describe.each(STARTS)('against npm start with IAM=%s', (iam, shown) => {
  const folder = temporaryFolder('pasted');
  let started: Started | undefined;
  const stop = async () => {
    started?.child.kill('SIGTERM');
    await started?.ended;
    if (started) expect(secretsSaid(started)).toEqual([]);
    started = undefined;
  };
  afterAll(async () => {
    await stop();
    folder.remove();
  });

  test(
    'each page shows what its commands print',
    async () => {
      const cwd = checkout(folder.path);
      const files = join(cwd, '.cache/local/3000');
      const faults: string[] = [];
      let shell: Shell | undefined;
      for (const page of shown) {
        if (shell === undefined || page.text.includes(ANEW)) {
          await stop();
          spawnSync('rm', ['-rf', files]);
          const { run, port } = await startReady({ IAM: iam, LOG: '', SYNC_FOLDER: files });
          started = run;
          const before = /^sign: (.*)$/m.exec(run.stdout())?.[1] ?? '';
          shell = { cwd, env: USUAL, before, port };
        }
        faults.push(...(await faultsOf(page, '', shell)));
      }
      expect(faults.join('\n\n')).toBe('');
    },
    TEST_MS,
  );
});

const NO_CLI =
  spawnSync('aws', ['--version'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'the AWS CLI is not installed (pip install awscli)';

const AWS_CLI = { AWS_DEFAULT_REGION: 'eu-central-1', AWS_PAGER: '' };
/** Version 1 asks SQS at an endpoint of its own unless it is told another one here. */
const AWS_THERE = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }';

describe('with the AWS CLI', needs(NO_CLI), () => {
  describeWithMoto('against moto', (moto) => {
    const folder = temporaryFolder('pasted-aws');
    afterAll(folder.remove);
    test(
      'each command is taken',
      async () => {
        const cwd = checkout(folder.path);
        const env = { ...USUAL, ...AWS_CLI, ...moto.environment };
        const stack = 'sls-machine-groups-prod';
        const queues = ['dead-letters', 'work-dead-letters.fifo', 'history'].map(
          (name) =>
            `aws sqs create-queue --queue-name ${stack}-${name}${name.endsWith('.fifo') ? ' --attributes FifoQueue=true' : ''}`,
        );
        const functions = ['sync-from-inventory', 'sync-group', 'coverage', 'keep-history'];
        const groups = [...functions.map((name) => `lambda/${stack}-${name}`), `http-api/${stack}`].map(
          (name) => `aws logs create-log-group --log-group-name /aws/${name}`,
        );
        // What a deployment has of what the pages ask for that come after the one on deploying.
        const made = await runCommands(
          share([], [...queues, ...groups]).map((text) => ({ text })),
          { cwd, env, before: AWS_THERE },
        );
        expect(made.filter(({ code }) => code !== 0)).toEqual([]);
        const faults: string[] = [];
        for (const page of pagesWith('moto'))
          faults.push(...(await faultsOf(page, 'moto', { cwd, env, before: AWS_THERE })));
        expect(faults.join('\n\n')).toBe('');
      },
      TEST_MS,
    );
  });

  const folder = temporaryFolder('pasted-syntax');
  afterAll(folder.remove);
  // A start of the AWS CLI for each of more than forty commands.
  test('what needs a stack has operations and options that the AWS CLI knows', {
    ...needs(LONG),
    timeout: TEST_MS,
  }, async () => {
    const commands = documented.flatMap(({ path, blocks }) =>
      blocks
        .filter((block) => kindOf(block) === 'deployed')
        .flatMap((block) =>
          commandsOf(block).flatMap(({ text }) => (/\baws /.test(text) ? [{ path, text }] : [])),
        ),
    );
    expect(commands.length).toBeGreaterThan(4);
    // What a release and a configuration have, for the commands that take it from the folder.
    writeFileSync(join(folder.path, 'get-group.zip'), '');
    writeFileSync(join(folder.path, 'sync.json'), '{}');
    writeFileSync(join(folder.path, 'template.json'), '{"Resources":{}}');
    const isVersion1 = /^aws-cli\/1\./.test(spawnSync('aws', ['--version'], { encoding: 'utf8' }).stdout);
    for (const { path, text } of commands) {
      const taken = isVersion1 ? text.replace(/ --cli-binary-format \S+/, '') : text;
      const [ran] = await runCommands([{ text: taken }], {
        before: AWS_THERE,
        cwd: folder.path,
        // Nobody listens there: what is asked is taken, and not answered.
        env: {
          ...{ PATH, HOME, ...AWS_CLI, AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' },
          ...{ AWS_ACCESS_KEY_ID: 'test-aws-key', AWS_SECRET_ACCESS_KEY: 'not-a-real-secret' },
        },
      });
      expect(ran?.output, `${path}: ${text}`).not.toMatch(
        /usage: |Unknown options|Invalid choice|error: argument|Parameter validation/,
      );
      expect(ran?.output, `${path}: ${text}`).toContain('http://127.0.0.1:9/');
    }
  });
});
