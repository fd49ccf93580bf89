// People who freeze groups and lift that again, for a while or until its end, in some lives.

import { ALL } from '../../../lib/core/freeze/freeze.ts';
import { freeze, unfreeze } from '../../../lib/runtime/freezes/store.ts';
import { Dice } from './dice.ts';
import { RunRecord } from './record.ts';
import type { Setting } from './setting.ts';
import { HOUR, MINUTE } from './spans.ts';

const REQUEST_MS = 28_000;

export class Freezers {
  readonly #setting: Setting;
  /** Its own, so that lives in which nobody freezes are as they were. */
  readonly #dice: Dice;
  readonly #isLife: boolean;
  #requests = 0;

  constructor(setting: Setting, seed: number) {
    this.#setting = setting;
    this.#dice = new Dice(seed ^ 0xf2ee32);
    this.#isLife = !setting.scenario.isPeaceful && this.#dice.chance(0.4);
  }

  /** Sets who freezes what today. @param last when the day's trouble is over */
  dawn(last: number): void {
    if (!this.#isLife) return;
    const { time } = this.#setting;
    const dice = this.#dice;
    for (let times = dice.between(0, 2); times > 0; times -= 1)
      time.at(dice.between(time.now(), last), () => this.#someoneFreezes(last));
  }

  #someoneFreezes(last: number): void {
    const { time, scenario, ledger, tally, journal } = this.#setting;
    const dice = this.#dice;
    const group = dice.chance(0.3) ? ALL : dice.pick([...scenario.groups.keys()]);
    const length = dice.between(20 * MINUTE, 6 * HOUR);
    const until = time.now() + length;
    const deps = this.#deps();
    freeze([group], { who: 'somebody', reason: 'an incident', until }, deps).then(
      () => {
        tally.count('groups frozen');
        journal.note(() => `${group} is frozen until ${new Date(until).toISOString()}`);
        ledger.froze({ group, from: time.now(), until });
        if (dice.chance(0.4) && until < last)
          time.at(time.now() + dice.between(MINUTE, length), () => this.#lift(group));
      },
      () => {
        // It may have been stored.
        ledger.doubtFreezes(group, until);
        tally.count('freezes in vain');
      },
    );
  }

  #lift(group: string): void {
    const { time, ledger, tally, journal } = this.#setting;
    const began = time.now();
    // From here on it may be lifted at any moment.
    ledger.lifts(group, began);
    unfreeze([group], this.#deps()).then(
      () => {
        tally.count('freezes lifted');
        journal.note(() => `the freeze of ${group} is lifted`);
        ledger.lifted(group, began);
      },
      () => ledger.doubtFreezes(group, began + 6 * HOUR),
    );
  }

  /** Lifts whatever stands: peace begins. The memory is fine by then. */
  liftAll(): void {
    if (!this.#isLife) return;
    for (const group of [ALL, ...this.#setting.scenario.groups.keys()]) this.#lift(group);
  }

  #deps() {
    const { time, memory, output } = this.#setting;
    const record = new RunRecord(-1_000_000 - ++this.#requests, 'apply', time.now(), 0, true);
    const caller = { record, resume: (next: () => void) => next(), wait: time.sleep };
    return {
      table: memory.open(() => caller, 0),
      now: time.now,
      log: output.log,
      due: time.now() + REQUEST_MS,
    };
  }
}
