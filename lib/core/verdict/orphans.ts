// Groups that carry a mark of ours and stand in no document: renamed in it, or dropped from it. They keep their members for
// ever, and nothing is done to them but to tell.

import { readMark } from '../group/owner.ts';
import type { Orphan } from '../memory/deployment.ts';
import { DAY } from '../removal/settings.ts';

/** Groups of one project that are read in a day: a listing gives names only, and marks are in the groups. */
export const READS_MAX = 100;

export function isDue(daily: number | undefined, now: number): boolean {
  return daily === undefined || Math.floor(daily / DAY) !== Math.floor(now / DAY);
}

/** Groups that no document names and that are to be read today. Of many, others each day. */
export function toRead(
  listed: readonly string[],
  named: ReadonlySet<string>,
  now: number,
): readonly string[] {
  const unnamed = listed.filter((name) => !named.has(name)).sort();
  if (unnamed.length <= READS_MAX) return unnamed;
  const start = (Math.floor(now / DAY) * READS_MAX) % unnamed.length;
  return [...unnamed.slice(start), ...unnamed.slice(0, start)].slice(0, READS_MAX);
}

export interface ProjectLook {
  readonly project: string;
  /** Names of all groups of the project. */
  readonly listed: readonly string[];
  /** Those that the document names. */
  readonly named: ReadonlySet<string>;
  /** `externalName` of those that were read; a group that was gone by then is none of them. */
  readonly read: ReadonlyMap<string, string>;
  /** Owners of the document, former ones as well. */
  readonly owners: ReadonlySet<string>;
}

/** Those found today, and those found before that nobody has looked at today. */
export function orphansAfter(before: readonly Orphan[], look: ProjectLook, now: number): readonly Orphan[] {
  const { project, listed, named, read, owners } = look;
  const known = new Map(before.map((orphan) => [orphan.group, orphan]));
  return listed
    .filter((name) => !named.has(name))
    .flatMap((name) => {
      const group = `${project}/${name}`;
      const mark = read.get(name);
      if (mark === undefined) return known.get(group) ?? [];
      const whose = readMark(mark);
      const isOurs = whose.kind === 'owner' && owners.has(whose.owner);
      return isOurs ? { group, mark, since: known.get(group)?.since ?? now } : [];
    });
}

export const ORPHAN_CODE = 'orphan';

export function orphanText({ mark }: Orphan): string {
  return `the group carries our mark ${mark}, is in no configuration, and no family makes it: add it to one, retire it, or clear its externalName`;
}
