// What can be told of commands and samples of the pages without running them: requests to a deployed API as curl signs them,
// names that the product takes, and the sample of a notice. test/tools/docs/pasted.test.ts runs what can be run.
import { expect, test } from 'vitest';
import { GROUP_NAME } from '../../lib/core/group/machine-group.ts';
import { verdictNotice } from '../../lib/core/verdict/notice.ts';
import { type Block, pages } from '../support/pages.ts';

const all = await pages();
const isShell = ({ info }: Block) => /^sh\b/.test(info);
const shell = all.flatMap(({ path, blocks }) =>
  blocks.filter(isShell).map(({ text, line }) => ({ path, text, where: `${path}:${line}` })),
);

/** What a page asks for that it does not say itself, and where it says that it stands. */
const SAID_ELSEWHERE = /\(freeze\.md#over-http\)/;

test('a page that asks a deployed API says where it is, and how curl signs', () => {
  const asking = shell.filter(({ text }) => /\$API\b/.test(text));
  expect(asking.length).toBeGreaterThan(2);
  const unsaid = asking.filter(({ path }) => {
    const { text = '' } = all.find((page) => page.path === path) ?? {};
    return !(/^API=\$\(/m.test(text) && /^signed\(\)/m.test(text)) && !SAID_ELSEWHERE.test(text);
  });
  expect(unsaid.map(({ where }) => where)).toEqual([]);
});

test('no request has a session token that is empty', () => {
  const lines = all.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line) => (line.includes('x-amz-security-token: $') ? [{ path, line }] : [])),
  );
  expect(lines.length).toBeGreaterThan(0);
  // One word, so that zsh takes it as bash does.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
  const whole = '${AWS_SESSION_TOKEN:+-H"x-amz-security-token: $AWS_SESSION_TOKEN"}';
  expect(lines.filter(({ line }) => !line.includes(whole))).toEqual([]);
});

test('no value of a query has a bare slash, which some versions of curl do not sign as AWS wants it', () => {
  const queries = shell.flatMap(({ where, text }) =>
    Array.from(text.matchAll(/\?(\w+=[^\s"'#)]*)/g), ([, query = '']) => ({ where, query })),
  );
  expect(queries.length).toBeGreaterThan(10);
  // A NetBox that a page shows is asked by the product.
  expect(queries.filter(({ query }) => query.includes('/'))).toEqual([]);
});

test('groups that the pages name have names that SLS takes', () => {
  const named = all.flatMap(({ path, text }) =>
    Array.from(text.matchAll(/\b(?:my|ali-test)-project(?:\/|%2F)([\w-]+)/g), ([, name = '']) => ({
      path,
      name,
    })),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ name }) => !GROUP_NAME.pattern.test(name))).toEqual([]);
});

test('operations.md shows a notice as the product writes it', () => {
  const { blocks = [] } = all.find(({ path }) => path === 'docs/operations.md') ?? {};
  const sample = blocks.find(({ text }) => text.includes('## Needs attention now'));
  const at = (text: string) => Date.parse(text);
  const { message } = verdictNotice(
    [
      {
        ...{ group: 'my-project/web', news: 'new', code: 'refused day-limit', contact: '#team-web' },
        says: '9 members are missing without proof that their machines are gone, and 0 were removed without proof in 24 hours; at most 3 may be removed that way (maxRemovalShare 30 % of the 12 older members, maxSmallRemovals 2)',
        since: at('2026-11-26T21:30:04.000Z'),
      },
      {
        ...{ group: 'my-project/cache', news: 'standing', code: 'left-alone unmarked' },
        says: 'the group carries no owner mark: it never had one, or a tool that does not keep externalName removed it',
        since: at('2026-11-25T08:05:02.000Z'),
      },
      {
        ...{
          group: 'my-project/batch',
          news: 'recovered',
          code: 'failing',
          contact: '#team-batch',
          says: '',
        },
        since: at('2026-11-26T21:25:03.000Z'),
      },
    ],
    '5b0c0a52-7f4e-4c43-9a7e-2d8f3a6b1c90',
    { where: '--stage prod' },
  );
  expect(sample?.text).toBe(message);
});
