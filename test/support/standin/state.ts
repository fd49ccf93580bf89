// What the service remembers of a project: its machine groups, its configs and which groups they go to.

/** A machine group as it is kept and returned. */
export interface StoredGroup {
  readonly groupName: string;
  readonly groupType: string;
  readonly machineIdentifyType: string;
  readonly groupAttribute: { readonly groupTopic: string; readonly externalName: string };
  readonly machineList: readonly string[];
  /** Unix seconds. */
  readonly createTime: number;
  /** Unix seconds. */
  readonly lastModifyTime: number;
}

/** A machine that has connected, with the wire's own keys. */
export interface Heartbeat {
  readonly ip: string;
  readonly 'machine-uniqueid'?: string;
  readonly 'userdefined-id'?: string;
  readonly 'host-id'?: string;
  /** Unix seconds. */
  readonly lastHeartbeatTime: number;
}

export class Project {
  readonly groups = new Map<string, StoredGroup>();
  readonly configs = new Set<string>();
  /** Configs applied to a group, by group name. */
  readonly applied = new Map<string, Set<string>>();
  readonly heartbeats = new Map<string, readonly Heartbeat[]>();
  /** The groups as they were before the latest write: what a read from a lagging replica shows. */
  groupsBefore: ReadonlyMap<string, StoredGroup> = new Map();
  #calls = { second: 0, count: 0 };

  /** Counts a call. @returns whether it is within the limit of its second */
  takesCall(now: number, aSecond: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#calls.second) this.#calls = { second, count: 0 };
    this.#calls.count += 1;
    return this.#calls.count <= aSecond;
  }

  /** Replaces a group, or takes it away; the one way operations write. */
  write(name: string, group: StoredGroup | undefined): void {
    this.groupsBefore = new Map(this.groups);
    if (group) {
      this.groups.set(name, group);
      return;
    }
    this.groups.delete(name);
    this.applied.delete(name);
    this.heartbeats.delete(name);
  }
}

/**
 * A machine list is a set: duplicates go, and the order in which it is returned means nothing. So that no
 * client comes to rely on it, it is never the order given.
 */
export function asSet(machines: readonly string[]): readonly string[] {
  const unique = [...new Set(machines)];
  const sorted = unique.toSorted();
  return sorted.every((machine, i) => machine === unique[i]) ? sorted.reverse() : sorted;
}
