// Deletes a group that nobody keeps, under its lease: looked at right before, by the configuration and the inventories as they
// are now. What cannot be told stands against it, since nothing brings a group back.
import type { SyncConfig } from '../core/config/config.ts';
import { SAFETY_DEFAULTS } from '../core/config/settings.ts';
import { type Unit, unitsOf } from '../core/family/units.ts';
import { presentGroup } from '../core/group/current.ts';
import type { MachineGroup } from '../core/group/machine-group.ts';
import { readMark } from '../core/group/owner.ts';
import { isFresh, type Listing } from '../core/removal/listing.ts';
import { listed } from '../core/report/group.ts';
import type { MemberList } from '../core/report/report.ts';
import { quoted } from '../core/text/issues.ts';
import { canonical } from '../inventory/members.ts';
import type { SlsClient } from '../sls/client.ts';
import type { Answer } from '../sls/reading.ts';
import { unreachable } from './acks/store.ts';
import { changeLeased } from './groups/leased.ts';
import type { RequestLeases } from './groups/under-lease.ts';
import type { Planned, Work } from './groups/work.ts';
import { type Journaling, journaled } from './history/of-request.ts';
import type { Reply } from './http/answers.ts';
import { ProblemError } from './http/errors.ts';
import { loggedError } from './log.ts';
import { loadConfig, notConfigured } from './sync/configured.ts';
import { unreadable } from './sync/decision.ts';
import { expand, makersOf } from './sync/families.ts';
import { readListing } from './sync/listing.ts';
import { forgetOrphan } from './sync/orphans.ts';
import { errorReport } from './sync/told.ts';
import type { SyncRuntime } from './sync/wire.ts';
import { sleep } from './wire.ts';

/** The group as it was. */
export interface Retired {
  readonly identify: string;
  readonly topic: string;
  readonly mark: string;
  readonly members: MemberList;
  readonly configs: readonly string[];
  readonly reporting: number;
}

interface Look extends Answer<MachineGroup> {
  readonly configs: readonly string[];
  readonly listing: Listing;
}

export function notRetired(group: string, code: string, says: string): ProblemError {
  return new ProblemError(409, code, `group ${group} is not retired: ${says}.`);
}

/**
 * @param key `project/name`
 * @param stillReporting whether it is deleted although machines of it report
 * @param word who asks and why, for the history
 * @throws ProblemError where anything stands against it, or cannot be told; SlsError
 */
export async function retireOrphan(
  key: string,
  stillReporting: boolean,
  due: number,
  word: Pick<Journaling, 'caller' | 'reason'>,
  runtime: SyncRuntime,
): Promise<{ readonly retired: Retired; readonly reply: Reply }> {
  const config = await loadConfig(runtime);
  const [project = '', name = ''] = key.split('/');
  const neighbour = unitsOf(config).find((unit) => unit.project === project);
  // Groups of projects that the document does not name are not this deployment's to delete.
  if (neighbour === undefined) throw notConfigured([key], config);
  await checkUnkept(key, name, due, config, runtime);
  const sls = runtime.ports('apply', due, []).sls(neighbour, () => {});
  let retired: Retired | undefined;
  const work: Work<Look> = {
    look: (client) => look(neighbour, name, client),
    plan(found) {
      const { members, reporting } = checkedLook(key, found, stillReporting, config);
      const { machineIdentifyType: identify, groupAttribute } = found.value;
      const { groupTopic: topic, externalName: mark } = groupAttribute;
      retired = { identify, topic, mark, members: listed(members), configs: found.configs, reporting };
      return {
        names: { was: mark, becomes: '' },
        additions: [],
        removals: members,
        send: (client) => client.deleteMachineGroup(project, name),
        shows: (now) => now === undefined,
      };
    },
  };
  const target = { project, name, by: 'Retire', due };
  const planned = work.plan(await work.look(sls)) as Planned;
  const leases = leasesOf(due, runtime);
  const journaling = { ...word, keep: runtime.keep, now: runtime.now };
  const reply = await journaled(work, target, journaling, (noting) =>
    changeLeased(noting, planned, target, sls, leases),
  );
  await forgetOrphan(key, { ...runtime.watching(due), table: leases.table });
  return { retired: retired as Retired, reply };
}

/** @throws ProblemError where the document names the group or a family makes it, also one that cannot be read now */
async function checkUnkept(
  key: string,
  name: string,
  due: number,
  config: SyncConfig,
  runtime: SyncRuntime,
): Promise<void> {
  const named = config.groups.find((group) => group.key.toLowerCase() === key.toLowerCase());
  if (named) throw notRetired(key, 'GroupConfigured', 'the configuration names it: take it out there first');
  const makers = makersOf(key, config);
  const families = makers.map(({ family }) => family);
  const { asked, failed } = await expand(config, makers, runtime.ports('plan', due, families));
  for (const reason of failed.values()) throw unreadable(reason);
  const maker = families.find((family) => asked.get(family.key)?.has(name));
  if (maker)
    throw notRetired(key, 'GroupConfigured', `machines carry the values for it, by the family ${maker.key}`);
}

async function look(neighbour: Unit, name: string, sls: SlsClient): Promise<Look> {
  const { project } = neighbour;
  const group = await sls.getMachineGroup(project, name);
  const { value: configs } = await sls.getAppliedConfigs(project, name);
  const listing = await readListing({ ...neighbour, name, safety: SAFETY_DEFAULTS }, sls);
  return { ...group, configs, listing };
}

/** @throws ProblemError */
function checkedLook(key: string, { value, listing }: Look, stillReporting: boolean, config: SyncConfig) {
  const { externalName } = value.groupAttribute;
  const mark = readMark(externalName);
  const owners = [config.owner, ...config.formerOwners, ...unitsOf(config).map(({ owner }) => owner)];
  if (mark.kind !== 'owner' || !owners.includes(mark.owner))
    throw notRetired(
      key,
      'GroupNotOurs',
      `it carries ${externalName === '' ? 'no mark' : `the mark ${quoted(externalName)}`}`,
    );
  const members = [...presentGroup(value, canonical).members];
  if (listing.state === 'deaf') {
    if (!stillReporting)
      throw notRetired(key, 'MachinesReport', `nobody can tell: ${listing.says}; ${TWICE}`);
    return { members, reporting: 0 };
  }
  const { machines, answeredAt } = listing;
  const reporting = machines.filter((machine) => isFresh(machine, answeredAt, SAFETY_DEFAULTS)).length;
  if (reporting > 0 && !stillReporting)
    throw notRetired(key, 'MachinesReport', `${reporting} of its machines report; ${TWICE}`);
  return { members, reporting };
}

const TWICE = 'say "stillReporting": true if it is meant all the same';

/** Without a memory nobody knows who else writes the group, and there is no hurry. */
function leasesOf(due: number, { watching, now, newRunId, log }: SyncRuntime): RequestLeases {
  const { table } = watching(due);
  if (table === undefined) throw unreachable('no table is configured');
  return {
    table,
    clock: () => ({ now: now(), elapsed: performance.now() }),
    newHolder: () => `Retire ${newRunId()}`,
    onKept: (error) => log('warn', 'lease.kept', { error: loggedError(error) }),
    onDown: (error) => {
      throw unreachable(errorReport(error).message);
    },
    sleep,
    due,
  };
}
