// Which other group of the document proves that a member has moved. Each group is compared with the members that stay
// here once, and only if it has a missing member at all.

export interface OtherGroup {
  /** `project/name`. */
  readonly group: string;
  /** What SLS has in it now, as read or confirmed in this run; canonical, of the same kind. */
  readonly members: ReadonlySet<string>;
  /** Those of them that its inventory does not want: nobody has moved there, nor do two groups overlap in them. */
  readonly leaving: { has(member: string): boolean };
}

/**
 * Moved is only who is in a group that shares no member with those that stay here. An overlap by design (`all` and
 * `web`) would call every member moved; so would a group that nobody stays in, as there is nothing to compare.
 */
export function movedTo(
  others: readonly OtherGroup[],
  members: ReadonlySet<string>,
  wanted: { has(member: string): boolean },
): (member: string) => string | undefined {
  const apart = new Map<OtherGroup, boolean>();
  const isApart = (other: OtherGroup): boolean => {
    const known = apart.get(other);
    if (known !== undefined) return known;
    const found = sharesNone(other, members, wanted);
    apart.set(other, found);
    return found;
  };
  return (member) => others.find((other) => has(other, member) && isApart(other))?.group;
}

/** A member that is leaving it is not in it: machines may change places between two groups. */
function has({ members, leaving }: OtherGroup, member: string): boolean {
  return members.has(member) && !leaving.has(member);
}

function sharesNone(
  other: OtherGroup,
  members: ReadonlySet<string>,
  wanted: { has(member: string): boolean },
): boolean {
  let staying = 0;
  for (const member of members) {
    if (!wanted.has(member)) continue;
    if (has(other, member)) return false;
    staying += 1;
  }
  return staying > 0;
}
