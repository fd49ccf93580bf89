// Fields that documents of earlier releases may hold, and what takes their place. A document that names one is refused
// like one with any other unknown field, and told what to write instead.

const SAFETY: Readonly<Record<string, string>> = {
  keepLast: 'take it out: a member waits for removeAfter before it goes, and additions are written meanwhile',
  secondLook: 'take it out: removeAfter takes its place, and three complete readings have to lack a member',
  minMembersForShare:
    'take it out: maxRemovalShare and maxSmallRemovals hold in every group, whichever is more',
};

const GROUP: Readonly<Record<string, string>> = {
  write: 'take it out: groups are always written whole, by one writer at a time',
};

const DOCUMENT: Readonly<Record<string, string>> = {
  ...GROUP,
  onRefusal: 'take it out: each group is decided by itself, and a refusal holds back its removals alone',
};

/** What to do about a field that is no longer known; undefined for one that never was. */
export function retired(path: readonly PropertyKey[]): string | undefined {
  const name = path.at(-1);
  const within = path.slice(0, -1);
  const fields = fieldsWithin(within);
  return typeof name === 'string' && fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function fieldsWithin(path: readonly PropertyKey[]): Readonly<Record<string, string>> | undefined {
  if (path.length === 0) return DOCUMENT;
  if (path.at(-1) === 'safety') return SAFETY;
  return path.length === 2 && (path[0] === 'groups' || path[0] === 'families') ? GROUP : undefined;
}
