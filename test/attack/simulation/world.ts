// One life: a system from its first day on, with everything that happens to it. Days are hostile; at the end of
// most of them all trouble stops for a while.

import { Agents } from './agents.ts';
import { Api } from './api.ts';
import { calmDown } from './calm.ts';
import { Cloud } from './cloud.ts';
import { Day } from './day.ts';
import { Delivery } from './delivery.ts';
import { Dice } from './dice.ts';
import { Freezers } from './freezers.ts';
import { Inventory } from './inventory.ts';
import { Journal } from './journal.ts';
import { judgeWrite } from './judge-writes.ts';
import { Keys } from './keys.ts';
import { Lambda } from './lambda.ts';
import { Ledger } from './ledger.ts';
import { SimMemory } from './memory.ts';
import { Network } from './network.ts';
import { Output } from './output.ts';
import { People } from './people.ts';
import type { Sabotage } from './runtime.ts';
import { createScenario, START_MS } from './scenario.ts';
import type { Setting } from './setting.ts';
import { DAY, HOUR } from './spans.ts';
import { Tally } from './tally.ts';
import { Tellings } from './tellings.ts';
import { VirtualTime } from './time.ts';
import { type Promised, Violation } from './violation.ts';

export class World {
  readonly #setting: Setting;
  readonly #delivery: Delivery;
  readonly #day: Day;
  readonly #calmDown: () => Promise<void>;
  /** Broken promises; the first one ends the life. */
  readonly #broken: unknown[] = [];
  readonly #judged: readonly Promised[] | undefined;

  constructor(seed: number, sabotage: Sabotage = {}) {
    this.#judged = sabotage.breaks;
    const setting = createSetting(seed);
    const judge = (what: () => void) => this.#judge(what);
    const cloud: Cloud = new Cloud({
      ...setting,
      wrote: (sent) => judge(() => judgeWrite(sent, { ...setting, cloud: () => cloud })),
      looked: (name) => this.#day.getInBetween(name),
    });
    const network = new Network(cloud, setting);
    const keys = new Keys({ ...setting, service: cloud.service });
    const lambda = new Lambda({ ...setting, cloud, network, keys, sabotage, judge });
    const api = new Api({ ...setting, cloud, network, keys });
    const delivery = new Delivery({ ...setting, lambda, judge });
    const people = new People({ ...setting, cloud });
    const freezers = new Freezers(setting, seed);
    const pass = (ms: number) => this.#passTo(setting.time.now() + ms);
    this.#setting = setting;
    this.#delivery = delivery;
    this.#day = new Day({ ...setting, delivery, network, keys, people, api, freezers, cloud: () => cloud });
    this.#calmDown = () =>
      calmDown({ ...setting, cloud, network, keys, lambda, delivery, api, freezers, pass });
  }

  get tally(): Tally {
    return this.#setting.tally;
  }

  get journal(): string {
    return String(this.#setting.journal);
  }

  /** @throws Violation */
  async day(): Promise<void> {
    const { time, dice, tally, output } = this.#setting;
    const dawn = time.now();
    this.#delivery.quiet = false;
    this.#day.dawn();
    await this.#passTo(dawn + DAY - 6 * HOUR);
    if (dice.chance(0.6)) {
      await this.#calmDown().catch((error: unknown) => {
        if (!this.#isOverlooked(error)) throw error;
      });
    }
    await this.#passTo(dawn + DAY);
    this.#judge(() => tally.count('characters searched for secrets', output.search()));
    if (this.#broken.length > 0) throw this.#broken[0];
    tally.count('days');
  }

  #passTo(until: number): Promise<void> {
    return this.#setting.time.pass(until, () => {
      if (this.#broken.length > 0) throw this.#broken[0];
    });
  }

  #judge(what: () => void): void {
    try {
      what();
    } catch (error) {
      if (this.#isOverlooked(error)) return;
      const isViolation = error instanceof Violation;
      this.#broken.push(isViolation ? error : new Error('the simulation itself failed', { cause: error }));
    }
  }

  #isOverlooked(error: unknown): boolean {
    return this.#judged !== undefined && error instanceof Violation && !this.#judged.includes(error.promise);
  }
}

function createSetting(seed: number): Setting {
  const dice = new Dice(seed);
  const time = new VirtualTime(START_MS);
  const tally = new Tally();
  const journal = new Journal(time.now);
  const output = new Output(time.now);
  const scenario = createScenario(dice);
  const agents = new Agents(dice);
  const memory = new SimMemory({ time, dice, tally, journal });
  const ledger = new Ledger(START_MS);
  const tellings = new Tellings();
  memory.onLoss = (loss) => {
    ledger.lose(loss, time.now());
    tellings.doubt();
  };
  for (const member of scenario.members) {
    if (!scenario.isPeaceful && dice.chance(0.1)) continue;
    agents.start(member, START_MS - 2 * DAY);
  }
  const inventories = new Map<string, readonly Inventory[]>();
  for (const [key, { config, machines, sources }] of scenario.groups) {
    const deps = { now: time.now, dice, tally };
    const isOfAddresses = config.identify === 'ip';
    inventories.set(
      key,
      sources.map((members) => new Inventory(machines, isOfAddresses, members, deps)),
    );
  }
  return { time, dice, tally, journal, output, scenario, inventories, agents, memory, ledger, tellings };
}
