// Plans a fleet once: from what was read (groups as SLS answers, machines as a source found them) to the report of each group.
// As in a run, the reading is kept until all is decided, and the reports to the end. Argument: how many machines.
import type { GroupConfig } from '../../../../lib/core/config/config.ts';
import { SAFETY_DEFAULTS } from '../../../../lib/core/config/settings.ts';
import { presentGroup } from '../../../../lib/core/group/current.ts';
import type { MachineGroup } from '../../../../lib/core/group/machine-group.ts';
import type { FoundMachine, Snapshot } from '../../../../lib/core/reading/snapshot.ts';
import { reportGroup } from '../../../../lib/core/report/group.ts';
import type { GroupReport } from '../../../../lib/core/report/report.ts';
import { canonical, toWanted } from '../../../../lib/inventory/members.ts';
import { decideOn } from '../../../unit/core/values.ts';

const PER_GROUP = 2_000;
/** Of each group: 1 % are new, 1 % are gone. */
const MOVED = PER_GROUP / 100;
/** Groups in one measurement: to ask for the time takes time too. */
const AT_A_TIME = 10;

/** What the wire gives: texts of their own, not parts of one another. */
const received = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function addressOf(index: number, machine: number): string {
  const number = index * (PER_GROUP + MOVED) + machine;
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}

function readingOf(index: number): Snapshot {
  const source = 'sources[0] static';
  const wanted = Array.from({ length: PER_GROUP }, (_, machine) =>
    addressOf(index, PER_GROUP + MOVED - 1 - machine),
  );
  const machines: FoundMachine[] = received(wanted).map((value, machine) => ({
    value,
    origin: { source, id: `i-${(index * PER_GROUP + machine).toString(16).padStart(17, '0')}` },
  }));
  const completeness = { complete: true, proof: 'read to its end' } as const;
  return { source, takenAt: 0, machines, skipped: [], completeness };
}

function inputOf(index: number): { group: GroupConfig; found: MachineGroup } {
  const name = `group-${index}`;
  const has = Array.from({ length: PER_GROUP }, (_, machine) => addressOf(index, machine));
  const found: MachineGroup = {
    groupName: name,
    groupType: '',
    machineIdentifyType: 'ip',
    groupAttribute: { groupTopic: '', externalName: 'sls-machine-groups/bench' },
    machineList: received(has),
    createTime: 1_770_000_000,
    lastModifyTime: 1_770_000_000,
  };
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
  return { group, found };
}

function plan(groups: number): { ms: number; cpu: number } {
  const reading = Array.from({ length: groups }, (_, index) => readingOf(index));
  const reports: GroupReport[] = [];
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
      for (const [index, { group, found }] of inputs.entries()) {
        const snapshot = reading[first + index] as Snapshot;
        const current = presentGroup(found, canonical);
        const wanted = toWanted([snapshot], group);
        const decision = decideOn({ group, current, wanted, now: snapshot.takenAt + 1 });
        reports.push(reportGroup(decision, { status: 'planned', requests: [], durationMs: 0 }));
      }
    });
  }
  let changes = 0;
  for (const { additions, removals } of reports) changes += additions.count + removals.count;
  if (changes !== 2 * MOVED * groups) throw new Error('not the plan that was meant');
  return { ms, cpu };
}

// Code that has never run takes a time of its own; the question is how the time grows with the fleet.
plan(10);
const { ms, cpu } = plan(Number(process.argv[2]) / PER_GROUP);
process.stdout.write(JSON.stringify({ ms, cpu, mb: process.resourceUsage().maxRSS / 1_024 }));
