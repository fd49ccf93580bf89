// Events find their way to the function: again after a failure, and sometimes two at once.

import { eventOf, type Occasion } from './events.ts';
import { judgeEnd } from './judge-end.ts';
import type { Lambda } from './lambda.ts';
import type { RunRecord, ShownPlan } from './record.ts';
import { membersOf, without } from './rules.ts';
import type { SimGroup } from './scenario.ts';
import type { Setting } from './setting.ts';
import { MINUTE } from './spans.ts';

/** How often an event that failed is delivered in all. */
const DELIVERIES = 3;

export interface DeliveryDeps extends Setting {
  readonly lambda: Lambda;
  /** Runs what may find a promise broken. */
  readonly judge: (what: () => void) => void;
}

export class Delivery {
  /** While it is quiet nothing comes twice, and nobody is killed. */
  quiet = false;
  /** Groups that the latest report about them calls refused. */
  readonly refused = new Set<string>();
  readonly #deps: DeliveryDeps;

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
  }

  /** Lambda gets an event; what fails or is killed comes again, like from a queue. */
  deliver(occasion: Occasion, deliveries = DELIVERIES, then?: (record: RunRecord) => void): void {
    const { dice, time, tally, scenario, lambda, judge } = this.#deps;
    const isRough = !this.quiet && !scenario.isPeaceful;
    tally.count(`event ${occasion.kind}`);
    const { event, mode } = eventOf(occasion, scenario, dice);
    const order = {
      event,
      mode,
      budgetMs: isRough ? dice.pick([30_000, 300_000, 300_000, 900_000]) : 900_000,
      killAfter: isRough && dice.chance(0.12) ? dice.between(1, 40) : 0,
    };
    if (isRough && dice.chance(0.25)) {
      const after = dice.pick([1_500, 20_000]);
      time.at(time.now() + dice.between(0, after), () => this.#double(occasion));
    }
    lambda.invoke(order, (record, end) =>
      judge(() => {
        const failed = judgeEnd({ record, end, occasion, event }, this.refused, this.#deps);
        if (failed && deliveries > 1 && !this.quiet) {
          const again = time.now() + dice.between(1_000, 10 * MINUTE);
          time.at(again, () => !this.quiet && this.deliver(occasion, deliveries - 1, then));
        } else if (!failed) then?.(record);
      }),
    );
  }

  /** Somebody looks at the plan of a group. @param then called if there is anything to approve */
  plan(key: string, then: (plan: ShownPlan) => void): void {
    this.deliver({ kind: 'request', mode: 'plan', key }, 1, (record) => {
      const told = record.report?.groups.find(({ group }) => group === key);
      // Of an empty inventory no fingerprint is told; who knows that it is empty names the members.
      const isEmpty = told?.reading?.complete === true && told.reading.wanted === 0;
      if (told?.fingerprint === undefined && !(isEmpty && told.withheld.length > 0)) return;
      then(this.#shownPlan(key, record));
    });
  }

  /** The same groups at the same time: an event delivered twice, or the schedule beside it. */
  #double(occasion: Occasion): void {
    if (this.quiet) return;
    const { dice, tally, scenario, lambda, judge } = this.#deps;
    tally.count('two runs at once', lambda.active > 0 ? 1 : 0);
    const { event, mode } = eventOf(occasion, scenario, dice);
    lambda.invoke({ event, mode, budgetMs: 300_000 }, (record, end) =>
      judge(() => void judgeEnd({ record, end, occasion, event }, this.refused, this.#deps)),
    );
  }

  #shownPlan(key: string, record: RunRecord): ShownPlan {
    const group = this.#deps.scenario.groups.get(key) as SimGroup;
    const { looks, reading } = record.group(key).round;
    const wanted = reading?.members ?? new Set<string>();
    return { key, removed: without(membersOf(looks[0]?.seen, group), wanted) };
  }
}
