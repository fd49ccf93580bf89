// The AccessKey, in the service and in the secret, and how it is rotated: well or in a hurry.

import { SecretError } from '../../../lib/aws/secrets.ts';
import type { StandInKey } from '../../support/standin/index.ts';
import type { Service } from '../../support/standin/service.ts';
import type { Dice } from './dice.ts';
import { keyOfGeneration } from './output.ts';
import type { Tally } from './tally.ts';
import type { VirtualTime } from './time.ts';

export interface KeysDeps {
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly service: Service;
  readonly tally: Tally;
}

export class Keys {
  #secret: StandInKey = keyOfGeneration(0);
  #latest: StandInKey = this.#secret;
  #generation = 0;
  /** The secret store answers nothing until then. */
  #downUntil = 0;
  readonly #deps: KeysDeps;

  constructor(deps: KeysDeps) {
    this.#deps = deps;
    deps.service.setKeys([this.#latest]);
  }

  /** The secret's text. @throws SecretError */
  read(): string {
    if (this.#deps.time.now() < this.#downUntil) {
      throw new SecretError('SecretUnavailable', 'the secret store cannot be reached');
    }
    return JSON.stringify(this.#secret);
  }

  fail(forMs: number): void {
    this.#deps.tally.count('secret store down');
    this.#downUntil = this.#deps.time.now() + forMs;
  }

  /** A new key, then the secret, then the end of the old key; whoever is in a hurry ends the old one first. */
  rotate(): void {
    const { time, dice, service, tally } = this.#deps;
    const old = this.#latest;
    this.#generation += 1;
    const fresh = keyOfGeneration(this.#generation);
    this.#latest = fresh;
    const inHurry = dice.chance(0.4);
    tally.count(inHurry ? 'rotation in a hurry' : 'rotation');
    service.setKeys(inHurry ? [fresh] : [old, fresh]);
    const isLatest = () => this.#latest === fresh;
    time.at(time.now() + dice.between(1_000, 600_000), () => {
      if (isLatest()) this.#secret = fresh;
      time.at(time.now() + dice.between(1_000, 600_000), () => {
        if (isLatest()) service.setKeys([fresh]);
      });
    });
  }

  /** Ends whatever is going on: one key, in the service and in the secret. */
  settle(): void {
    this.#downUntil = 0;
    this.#secret = this.#latest;
    this.#deps.service.setKeys([this.#latest]);
  }
}
