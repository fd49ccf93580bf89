// Notes of a release, from the subjects of its commits: grouped by the part that a subject begins with. Pure.

const PARTED = /^([a-z][a-z0-9 -]{0,30}): (.+)$/;
/** Subjects of merges say what was merged by whom, and their commits are there themselves. */
const MERGE = /^Merge /;

/**
 * Markdown.
 * @param subjects of the commits, the newest first
 * @param since the release before; undefined for the first one
 */
export function releaseNotes(
  version: string,
  since: string | undefined,
  subjects: readonly string[],
): string {
  const parts = Map.groupBy(
    subjects.filter((subject) => !MERGE.test(subject)),
    (subject) => PARTED.exec(subject)?.[1] ?? 'other',
  );
  const sections = [...parts].sort(byName).map(([part, all]) => {
    const lines = all.map((subject) => `- ${escaped(PARTED.exec(subject)?.[2] ?? subject)}`);
    return `## ${part}\n\n${lines.join('\n')}\n`;
  });
  const head = since === undefined ? 'The first release.' : `Changes since ${since}.`;
  return `# sls-machine-groups ${version}\n\n${head}\n\n${sections.join('\n')}`;
}

/** `other` is the last. */
function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  if (one === 'other' || other === 'other') return one === 'other' ? 1 : -1;
  return one < other ? -1 : 1;
}

function escaped(text: string): string {
  return text.replaceAll('<', '&lt;');
}
