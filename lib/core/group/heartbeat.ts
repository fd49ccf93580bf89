// What heartbeats say of the machines of a group. SLS lists only machines that have connected, and no status:
// the age of the heartbeat is all there is, and who never connected shows by being missing.

import type { PresentGroup } from './current.ts';

/** A machine as ListMachines gives it, with the wire's own names. */
export interface Machine {
  /** The address the agent reports. */
  readonly ip: string;
  /** DMI UUID; empty where the agent has none. */
  readonly 'machine-uniqueid': string;
  /** The id the machine carries; has a meaning in `userdefined` groups. */
  readonly 'userdefined-id': string;
  readonly 'host-id'?: string;
  /** Version of the agent. */
  readonly binary?: string;
  /** Unix seconds; 0 for never. */
  readonly lastHeartbeatTime: number;
}

export const HEARTBEAT_STATUSES = ['ok', 'stale', 'never'] as const;
export type HeartbeatStatus = (typeof HEARTBEAT_STATUSES)[number];

export interface MachineStatus extends Machine {
  readonly status: HeartbeatStatus;
}

/**
 * @param now unix seconds
 * @param staleSeconds greatest age of a heartbeat that counts as current
 */
export function withStatus(machine: Machine, now: number, staleSeconds: number): MachineStatus {
  const { lastHeartbeatTime: at } = machine;
  return { ...machine, status: at <= 0 ? 'never' : now - at > staleSeconds ? 'stale' : 'ok' };
}

/**
 * A row for each member of a group that no machine has connected as. Machines share an id in groups of ids, so a
 * member there is heard of as soon as one machine with its id is.
 * @param machines every machine of the group, not a page of them
 * @param canonical the one spelling of an address
 */
export function neverConnected(
  group: PresentGroup,
  machines: readonly Machine[],
  canonical: (address: string) => string,
): MachineStatus[] {
  const type = group.definition.machineIdentifyType;
  if (type !== 'ip' && type !== 'userdefined') return [];
  const connected = new Set(
    machines.map((machine) => (type === 'ip' ? canonical(machine.ip) : machine['userdefined-id'])),
  );
  return [...group.members]
    .filter((member) => !connected.has(member))
    .map((member) => ({
      ip: type === 'ip' ? member : '',
      'machine-uniqueid': '',
      'userdefined-id': type === 'ip' ? '' : member,
      lastHeartbeatTime: 0,
      status: 'never',
    }));
}
