// What everybody in a life shares.

import type { Agents } from './agents.ts';
import type { Dice } from './dice.ts';
import type { Inventory } from './inventory.ts';
import type { Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { SimMemory } from './memory.ts';
import type { Output } from './output.ts';
import type { Scenario } from './scenario.ts';
import type { Tally } from './tally.ts';
import type { Tellings } from './tellings.ts';
import type { VirtualTime } from './time.ts';

export interface Setting {
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly tally: Tally;
  readonly journal: Journal;
  readonly output: Output;
  readonly scenario: Scenario;
  readonly agents: Agents;
  readonly memory: SimMemory;
  readonly ledger: Ledger;
  readonly tellings: Tellings;
  /** The inventories of a group by its key, one for each of its sources. */
  readonly inventories: ReadonlyMap<string, readonly Inventory[]>;
}
