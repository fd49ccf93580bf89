// Who reports under addresses in other groups of the document: bounded in groups and in time, and what could not be asked is counted.
import pLimit from 'p-limit';
import type { GroupConfig } from '../../core/config/config.ts';
import { presentGroup } from '../../core/group/current.ts';
import type { Speaker } from '../../core/history/restore.ts';
import { isFresh } from '../../core/removal/listing.ts';
import { ELSEWHERE_MS } from '../../core/time/timeouts.ts';
import { canonical } from '../../inventory/members.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';

/** Groups that one restore asks. */
const GROUPS_MAX = 100;
const AT_A_TIME = 8;

export interface Speakers {
  readonly speakers: ReadonlyMap<string, readonly Speaker[]>;
  /** Groups that may have some of the addresses, and were not asked or did not answer. */
  readonly notAsked: number;
}

/**
 * Never rejects.
 * @param others of the same project first
 * @param due when it has to be over, in milliseconds since the epoch
 */
export async function speakersOf(
  members: readonly string[],
  others: readonly GroupConfig[],
  clientOf: (group: GroupConfig) => SlsClient,
  due: number,
  now: () => number,
): Promise<Speakers> {
  const speakers = new Map<string, Speaker[]>();
  const sought = new Set(members);
  const until = Math.min(due, now() + ELSEWHERE_MS);
  let asked = 0;
  if (sought.size === 0) return { speakers, notAsked: 0 };
  await pLimit(AT_A_TIME).map(others.slice(0, GROUPS_MAX), async (group) => {
    if (now() >= until) return;
    const found = await speakersIn(group, sought, clientOf(group).with({ due: until })).catch(
      () => undefined,
    );
    if (found === undefined) return;
    asked += 1;
    for (const [member, speaker] of found) speakers.set(member, [...(speakers.get(member) ?? []), speaker]);
  });
  return { speakers, notAsked: others.length - asked };
}

/** @throws SlsError */
async function speakersIn(
  { key, project, name, safety }: GroupConfig,
  sought: ReadonlySet<string>,
  sls: SlsClient,
): Promise<(readonly [string, Speaker])[]> {
  const read = await sls.getMachineGroup(project, name).catch((error: unknown) => {
    if (error instanceof SlsError && error.kind === 'group-missing') return undefined;
    throw error;
  });
  if (read === undefined) return [];
  const { members } = presentGroup(read.value, canonical);
  if (![...members].some((member) => sought.has(member))) return [];
  const { value: machines, answeredAt = 0 } = await sls.listAllMachines(project, name);
  const writtenAt = read.value.lastModifyTime * 1_000;
  return machines.flatMap((machine) => {
    const member = canonical('ip', machine.ip) ?? machine.ip;
    const speaks = sought.has(member) && isFresh(machine, answeredAt, safety);
    return speaks ? [[member, { group: key, machine, writtenAt }] as const] : [];
  });
}
