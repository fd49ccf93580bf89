// One reading may serve many groups, each of them within its own limit. If more than a fifth and more than ten of all
// their machines are missing without proof, the reading is in doubt: no removal without proof is made in any of them.

export interface BreakerShare {
  readonly members: number;
  /** Missing without proof, ripe or not. */
  readonly unproven: number;
}

export interface Breaker {
  readonly open: boolean;
  readonly groups: number;
  readonly members: number;
  readonly unproven: number;
  /** Empty if it is not open. */
  readonly says: string;
}

const MACHINES = 10;

/** @param groups every group that one reading serves; one alone has its own limit and opens nothing */
export function judgeBreaker(reading: string, groups: readonly BreakerShare[]): Breaker {
  let members = 0;
  let unproven = 0;
  for (const group of groups) {
    members += group.members;
    unproven += group.unproven;
  }
  const open = groups.length > 1 && unproven > MACHINES && unproven * 5 > members;
  const says = open
    ? `${unproven} of ${members} machines in the ${groups.length} groups that ${reading} serves are missing without proof that they are gone`
    : '';
  return { open, groups: groups.length, members, unproven, says };
}
