// Requests of people to the API: they change members of a group that a sync keeps, under its lease, and approve removals and
// take that back.

import type { MachineGroup } from '../../../lib/core/group/machine-group.ts';
import { withApproval } from '../../../lib/core/memory/approvals.ts';
import type { MemoryTable } from '../../../lib/core/memory/table.ts';
import { changeApprovals } from '../../../lib/runtime/approvals/store.ts';
import { changeLeased } from '../../../lib/runtime/groups/leased.ts';
import type { Planned, Work } from '../../../lib/runtime/groups/work.ts';
import type { Log } from '../../../lib/runtime/log.ts';
import type { Answer } from '../../../lib/sls/reading.ts';
import { PROJECT } from '../../support/names.ts';
import type { Caller } from './invocation.ts';
import { RunRecord, type ShownPlan } from './record.ts';
import { type ClientDeps, clientOf } from './runtime.ts';
import { OUR_MARK, type SimGroup } from './scenario.ts';
import { HOUR } from './spans.ts';

const REQUEST_MS = 28_000;

interface Process {
  readonly record: RunRecord;
  readonly caller: Caller & { readonly wait: (ms: number) => Promise<void> };
  readonly table: MemoryTable;
  readonly now: () => number;
  readonly log: Log;
}

export class Api {
  readonly #deps: ClientDeps;
  #requests = 0;

  constructor(deps: ClientDeps) {
    this.#deps = deps;
  }

  /** Stores a person's word. @param then called once it is stored */
  approve({ key, removed }: ShownPlan, hours: number, then: () => void): void {
    const { ledger, tally, time } = this.#deps;
    const { table, now, log } = this.#process();
    const at = now();
    const id = `approval-${++this.#requests}`;
    const given = {
      id,
      removals: [...removed],
      who: `person ${this.#requests % 3}`,
      reason: 'looked at it',
      at,
    };
    const until = at + hours * HOUR;
    // Also if no answer says so: it may have been stored.
    ledger.approve(key, { removals: removed, at: time.now(), until });
    this.#store(
      key,
      { table, now, log },
      (before) => withApproval(before, { ...given, until }).approvals,
      () => {
        tally.count('approvals given');
        then();
      },
    );
  }

  revoke(key: string): void {
    const { ledger, tally, time } = this.#deps;
    this.#store(
      key,
      this.#process(),
      () => [],
      () => {
        for (const approval of ledger.approvals(key)) {
          if (approval.until > time.now() && approval.revokedAt === undefined)
            tally.count('approvals revoked');
          approval.revokedAt ??= time.now();
        }
      },
    );
  }

  /** Somebody adds or deletes a member, naming the owner. */
  change({ config, machines }: SimGroup): void {
    const { cloud, dice, tally, memory, time, output } = this.#deps;
    const is = cloud.groups.get(config.name);
    if (is?.groupAttribute.externalName !== OUR_MARK) return;
    const isAdding = is.machineList.length === 0 || dice.chance(0.5);
    const member = dice.pick(isAdding ? machines.all : is.machineList);
    const { record, caller, now } = this.#process();
    const sls = clientOf(this.#deps, () => caller, 0);
    const target = {
      project: PROJECT,
      name: config.name,
      by: 'UpdateMachineGroupMachine',
      due: now() + REQUEST_MS,
    };
    const planned = (): Planned => ({
      names: { was: OUR_MARK, becomes: OUR_MARK },
      additions: isAdding ? [member] : [],
      removals: isAdding ? [] : [member],
      send: (client) => client.updateMachines(PROJECT, config.name, isAdding ? 'add' : 'delete', [member]),
      shows: (after) => (after?.machineList.includes(member) ?? false) === isAdding,
    });
    const work: Work<Answer<MachineGroup>> = {
      look: (client) => client.getMachineGroup(PROJECT, config.name),
      plan: ({ value }) => (value.machineList.includes(member) === isAdding ? undefined : planned()),
    };
    let leases = 0;
    const run = async () => {
      const look = await work.look(sls.with({ due: target.due }));
      const first = work.plan(look);
      if (!first) return;
      await changeLeased(work, first, target, sls.with({ due: target.due }), {
        table: memory.open(() => caller, 0),
        clock: () => ({ now: now(), elapsed: time.now() }),
        newHolder: () => `request ${record.id}, lease ${++leases}`,
        onKept: () => {},
        onDown: () => {},
        sleep: caller.wait,
        due: target.due,
      });
    };
    run().then(
      () => tally.count('requests done'),
      (error: Error & { code?: string }) => {
        output.say(error.stack ?? '');
        tally.count(`requests failed ${error.code ?? error.name}`);
      },
    );
  }

  #store(
    key: string,
    { table, now, log }: Pick<Process, 'table' | 'now' | 'log'>,
    change: Parameters<typeof changeApprovals>[2],
    then: () => void,
  ): void {
    changeApprovals({ table, now, log }, key, change, now() + REQUEST_MS).then(then, () =>
      this.#deps.tally.count('approvals in vain'),
    );
  }

  /** A function of the API, started for this request. */
  #process(): Process {
    const { time, memory, output } = this.#deps;
    const record = new RunRecord(-++this.#requests, 'apply', time.now(), 0, true);
    const caller = { record, resume: (next: () => void) => next(), wait: time.sleep };
    return { record, caller, table: memory.open(() => caller, 0), now: time.now, log: output.log };
  }
}
