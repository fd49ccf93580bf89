// Which other group of the document proves that a member has moved. Each group is compared with the members that stay
// here once, and only if it has a missing member at all.

export interface OtherGroup {
  /** `project/name`. */
  readonly group: string;
  /**
   * What SLS has in it now, as read or confirmed in this run, and its inventory wants there; canonical, of the same kind. A
   * member that is leaving it has not moved there, nor do the two overlap in it: machines may change places.
   */
  readonly members: { has(member: string): boolean };
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
    const found = sharesNone(other.members, members, wanted);
    apart.set(other, found);
    return found;
  };
  return (member) => others.find((other) => other.members.has(member) && isApart(other))?.group;
}

function sharesNone(
  other: { has(member: string): boolean },
  members: ReadonlySet<string>,
  wanted: { has(member: string): boolean },
): boolean {
  let staying = 0;
  for (const member of members) {
    if (!wanted.has(member)) continue;
    if (other.has(member)) return false;
    staying += 1;
  }
  return staying > 0;
}
