// Notes of a release: the subjects of its commits, grouped by the part that a subject begins with. The first one, of which
// all commits there are would be part, tells what the list of changes says of it. Pure.

const PARTED = /^([a-z][a-z0-9 -]{0,30}): (.+)$/;
/** Subjects of merges say what was merged by whom, and their commits are there themselves. */
const MERGE = /^Merge /;

/** Subjects that somebody may read; the rest is counted. */
const MOST = 50;

/**
 * Markdown.
 * @param subjects of the commits, the newest first
 * @param since the release before; undefined for the first one
 * @param changes the page that lists what users notice
 */
export function releaseNotes(
  version: string,
  since: string | undefined,
  subjects: readonly string[],
  changes = '',
): string {
  const told = since === undefined ? toldOf(version, changes) : undefined;
  if (told !== undefined) return `# sls-machine-groups ${version}\n\nThe first release.\n\n${told}\n`;
  const own = subjects.filter((subject) => !MERGE.test(subject));
  const shown = own.slice(0, MOST);
  const parts = Map.groupBy(shown, (subject) => PARTED.exec(subject)?.[1] ?? 'other');
  const sections = [...parts].sort(byName).map(([part, all]) => {
    const lines = all.map((subject) => `- ${escaped(PARTED.exec(subject)?.[2] ?? subject)}`);
    return `## ${part}\n\n${lines.join('\n')}\n`;
  });
  const head = since === undefined ? 'The first release.' : `Changes since ${since}.`;
  const more = own.length > shown.length ? `\nAnd ${own.length - shown.length} older commits.\n` : '';
  return `# sls-machine-groups ${version}\n\n${head}\n\n${sections.join('\n')}${more}`;
}

/** What the list of changes says of the version, or of what is not released yet; its links lead to pages beside it. */
function toldOf(version: string, changes: string): string | undefined {
  const sections = changes.split(/^## /m).slice(1);
  const section =
    sections.find((one) => one.split(/[\s,(]/, 1)[0] === version) ??
    sections.find((one) => one.startsWith('Not yet released'));
  const [, text = ''] = section?.split(/\n([\s\S]*)/) ?? [];
  const plain = text
    .replace(/\s*\(\[[^\]]*\]\([^)]*\)\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\.md[^)]*\)/g, '$1');
  return plain.trim() || undefined;
}

/** `other` is the last. */
function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  if (one === 'other' || other === 'other') return one === 'other' ? 1 : -1;
  return one < other ? -1 : 1;
}

function escaped(text: string): string {
  return text.replaceAll('<', '&lt;');
}
