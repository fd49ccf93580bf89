// The memory: a table of which calls fail before and after their effect, are slow, or get no answer at all; and which is
// forgotten, or restored from what it was some days before.

import type { Lease } from '../../../lib/core/memory/pending.ts';
import type { Fields, MemoryTable } from '../../../lib/core/memory/table.ts';
import { ReadError } from '../../../lib/core/reading/read-error.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';
import type { Dice } from './dice.ts';
import type { Caller } from './invocation.ts';
import type { Journal } from './journal.ts';
import type { Tally } from './tally.ts';
import type { VirtualTime } from './time.ts';

type MemoryMood = 'fine' | 'flaky' | 'slow' | 'down';

const TROUBLE: Readonly<Record<MemoryMood, number>> = { fine: 0, flaky: 0.15, slow: 0, down: 1 };

export interface MemoryDeps {
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly tally: Tally;
  readonly journal: Journal;
}

/** What a loss means to whoever keeps count of what the memory has to know. */
export interface Loss {
  /** Milliseconds since the epoch: what happened since is unknown to it. */
  readonly knowsUntil: number;
}

export class SimMemory {
  mood: MemoryMood = 'fine';
  /** When a call last failed, or anything was lost; milliseconds since the epoch. */
  troubledAt = 0;
  /** Told of what is lost. */
  onLoss: (loss: Loss) => void = () => {};
  readonly #table = new InMemoryTable();
  readonly #backups: { readonly at: number; readonly items: ReadonlyMap<string, Fields> }[] = [];
  readonly #attentionAt = new Map<string, number>();
  readonly #counted = new Map<string, number>();
  readonly #deps: MemoryDeps;

  constructor(deps: MemoryDeps) {
    this.#deps = deps;
  }

  /** What it holds of a group, without asking it. */
  fields(id: string): Fields | undefined {
    return this.#table.items.get(id);
  }

  item(key: string): Fields {
    return this.fields(`group ${key}`) ?? {};
  }

  /** When the verdict of a group was last one of attention. */
  attentionAt(key: string): number {
    return this.#attentionAt.get(`group ${key}`) ?? 0;
  }

  /** Milliseconds that the memory of a group goes back, by what it says itself; 0 if there is none. */
  ageOf(key: string, now: number): number {
    const { removal } = this.item(key);
    const epoch = this.fields('deployment')?.epoch;
    if (typeof removal !== 'string' || typeof epoch !== 'number') return 0;
    return now - Math.max(epoch, (JSON.parse(removal) as { since: number }).since);
  }

  /** Removals without proof that it counts: more than there were, where the answer to one was lost. */
  weakOf(key: string): number {
    const { removal } = this.item(key);
    if (typeof removal !== 'string') return 0;
    return (JSON.parse(removal) as { weak: [number, number][] }).weak.reduce(
      (sum, [, count]) => sum + count,
      0,
    );
  }

  backUp(): void {
    this.#backups.unshift({ at: this.#deps.time.now(), items: new Map(this.#table.items) });
    this.#backups.splice(3);
  }

  forget(): void {
    this.#deps.tally.count('memory forgets');
    this.#deps.journal.note(() => 'the memory forgets everything');
    this.#table.items.clear();
    this.#backups.splice(0);
    this.#lose(0);
  }

  restore(): void {
    const backup = this.#backups.length > 0 ? this.#deps.dice.pick(this.#backups) : undefined;
    if (backup === undefined) return;
    this.#deps.tally.count('memory restored');
    this.#deps.journal.note(() => `the memory is as it was at ${new Date(backup.at).toISOString()}`);
    this.#table.items.clear();
    for (const [id, fields] of backup.items) this.#table.items.set(id, fields);
    this.#lose(backup.at);
  }

  #lose(knowsUntil: number): void {
    this.troubledAt = this.#deps.time.now();
    this.onLoss({ knowsUntil });
  }

  /** The table as one process sees it. @param offsetMs by which its clock is ahead */
  open(caller: () => Caller, offsetMs: number): MemoryTable {
    return {
      read: (ids, due) => this.#call(caller(), due - offsetMs, 'read', () => this.#table.read(ids)),
      write: async (id, change, revision, due) => {
        const { record } = caller();
        const answer = await this.#call(caller(), due - offsetMs, `write ${id}`, () => {
          if (String(this.#table.items.get(id)?.verdict).includes('attention'))
            this.#attentionAt.set(id, this.#deps.time.now());
          const before = leaseIn(this.#table.items.get(id));
          const written = this.#table.write(id, change, revision);
          this.#noteLease(id, before, leaseIn(this.#table.items.get(id)));
          return written;
        });
        if (!answer.written) record.conflicts.add(id);
        return answer;
      },
    };
  }

  #noteLease(id: string, before: Lease | undefined, after: Lease | undefined): void {
    const { tally, time } = this.#deps;
    if (after?.holder === before?.holder) return;
    if (after) tally.count('lease taken');
    if (after && before) tally.count('lease overtaken');
    for (const member of before?.pending.removals ?? []) this.#counted.set(`${id} ${member}`, time.now());
  }

  /** What the holder of a lease that stands is about to remove; it counts as done for whoever takes the lease over. */
  pendingOf(key: string): readonly string[] {
    return leaseIn(this.fields(`group ${key}`))?.pending.removals ?? [];
  }

  /** When a removal last may have counted as done, whatever became of it: the patience of a member that is there begins anew. */
  countedAt(key: string, member: string): number {
    return this.#counted.get(`group ${key} ${member}`) ?? 0;
  }

  /** A call takes effect on its way, whether or not its caller still lives when it does. */
  #call<T>(caller: Caller, due: number, what: string, effect: () => Promise<T>): Promise<T> {
    const { time, dice, tally, journal } = this.#deps;
    const fails = dice.chance(TROUBLE[this.mood]);
    const before = fails && (this.mood === 'down' || dice.chance(0.5));
    const slow = this.mood === 'slow' && dice.chance(0.3);
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (finish: () => void) => {
        if (isOver) return;
        isOver = true;
        caller.resume(finish);
      };
      const fail = (code: 'unreachable' | 'timeout') =>
        end(() => {
          this.troubledAt = time.now();
          tally.count(`memory ${code}`);
          journal.note(() => `run ${caller.record.id} memory ${what}: ${code}`);
          reject(new ReadError(code, `simulated: ${what}`));
        });
      time.at(Math.max(due, time.now()), () => fail('timeout'));
      const there = slow ? dice.between(500, 6_000) : dice.between(1, 10);
      const back = slow ? dice.between(500, 6_000) : dice.between(1, 10);
      time.at(time.now() + there, () => {
        if (before) return fail('unreachable');
        effect().then(
          (value) =>
            time.at(time.now() + back, () => (fails ? fail('unreachable') : end(() => resolve(value)))),
          reject,
        );
      });
    });
  }
}

function leaseIn(fields: Fields | undefined): Lease | undefined {
  const text = fields?.lease;
  return typeof text === 'string' ? (JSON.parse(text) as Lease) : undefined;
}
