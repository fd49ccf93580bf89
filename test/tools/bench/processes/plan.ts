// Plans a fleet once: from what was read (groups as SLS answers, machines as a source found them) to decided
// groups. Everything is kept until all is decided, as in a run. Argument: how many machines.
import type { GroupConfig } from '../../../../lib/core/config/config.ts';
import { SAFETY_DEFAULTS } from '../../../../lib/core/config/settings.ts';
import { presentGroup } from '../../../../lib/core/group/current.ts';
import type { MachineGroup } from '../../../../lib/core/group/machine-group.ts';
import type { Decision } from '../../../../lib/core/plan/decide.ts';
import { additionsOf, removalsOf } from '../../../../lib/core/plan/plan.ts';
import type { FoundMachine, Snapshot } from '../../../../lib/core/reading/snapshot.ts';
import { canonical, toWanted } from '../../../../lib/inventory/members.ts';
import { decideOn } from '../../../unit/core/values.ts';

const PER_GROUP = 2_000;
/** Of each group: 1 % are new, 1 % are gone. */
const MOVED = PER_GROUP / 100;
/** Groups in one measurement: to ask for the time takes time too. */
const AT_A_TIME = 10;

/** What the wire gives: texts of their own, not parts of one another. */
const received = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function inputOf(index: number): { group: GroupConfig; found: MachineGroup; snapshot: Snapshot } {
  const address = (machine: number): string => {
    const number = index * (PER_GROUP + MOVED) + machine;
    return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  };
  const name = `group-${index}`;
  const source = 'sources[0] static';
  const has = Array.from({ length: PER_GROUP }, (_, machine) => address(machine));
  const wanted = Array.from({ length: PER_GROUP }, (_, machine) => address(PER_GROUP + MOVED - 1 - machine));
  const found: MachineGroup = {
    groupName: name,
    groupType: '',
    machineIdentifyType: 'ip',
    groupAttribute: { groupTopic: '', externalName: 'sls-machine-groups/bench' },
    machineList: received(has),
    createTime: 1_770_000_000,
    lastModifyTime: 1_770_000_000,
  };
  const machines: FoundMachine[] = received(wanted).map((value, machine) => ({
    value,
    origin: { source, id: `i-${(index * PER_GROUP + machine).toString(16).padStart(17, '0')}` },
  }));
  const group: GroupConfig = {
    key: `bench-project/${name}`,
    project: 'bench-project',
    name,
    owner: 'bench',
    identify: 'ip',
    formerOwners: [],
    adopt: false,
    allowEmpty: false,
    policy: 'sync',
    safety: SAFETY_DEFAULTS,
    allow: ['10.0.0.0/8'],
    deny: ['10.255.255.0/24'],
    sources: [],
  };
  const completeness = { complete: true, proof: 'read to its end' } as const;
  return { group, found, snapshot: { source, takenAt: 0, machines, skipped: [], completeness } };
}

function plan(groups: number): { ms: number; cpu: number } {
  const decisions: Decision[] = [];
  let ms = 0;
  let cpu = 0;
  const timed = <T>(work: () => T): T => {
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    const value = work();
    ms += performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpuBefore);
    cpu += (user + system) / 1_000;
    return value;
  };
  // Reading is not planning: what groups are planned from is made outside the time, for some at a time.
  for (let first = 0; first < groups; first += AT_A_TIME) {
    const count = Math.min(AT_A_TIME, groups - first);
    const inputs = Array.from({ length: count }, (_, index) => inputOf(first + index));
    timed(() => {
      for (const { group, found, snapshot } of inputs) {
        const current = presentGroup(found, canonical);
        const wanted = toWanted([snapshot], group);
        decisions.push(decideOn({ group, current, wanted, now: snapshot.takenAt + 1 }));
      }
    });
  }
  let changes = 0;
  for (const { change } of decisions) changes += additionsOf(change).length + removalsOf(change).length;
  if (changes !== 2 * MOVED * groups) throw new Error('not the plan that was meant');
  return { ms, cpu };
}

// Code that has never run takes a time of its own; the question is how the time grows with the fleet.
plan(10);
const { ms, cpu } = plan(Number(process.argv[2]) / PER_GROUP);
process.stdout.write(JSON.stringify({ ms, cpu, mb: process.resourceUsage().maxRSS / 1_024 }));
