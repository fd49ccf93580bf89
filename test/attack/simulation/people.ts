// People at the console and other tools: they add, remove, rename, wipe marks, delete groups and make them again,
// in one step or as a tool does that reads, thinks and writes back everything it has read.

import type { Cloud } from './cloud.ts';
import type { Dice } from './dice.ts';
import type { Seen } from './record.ts';
import { OTHER_MARKS, OUR_MARK, type SimGroup, storedGroup } from './scenario.ts';
import type { Tally } from './tally.ts';
import type { VirtualTime } from './time.ts';

type Deed =
  | 'add'
  | 'remove'
  | 'respell'
  | 'topic'
  | 'type'
  | 'wipe mark'
  | 'other mark'
  | 'our mark'
  | 'kind'
  | 'delete'
  | 'create'
  | 'save unchanged';

const LIKELY: Readonly<Record<Deed, number>> = {
  add: 8,
  remove: 8,
  respell: 2,
  topic: 2,
  type: 2,
  'wipe mark': 2,
  'other mark': 2,
  'our mark': 10,
  kind: 1,
  delete: 1,
  create: 3,
  'save unchanged': 1,
};

/** Everything that somebody may do. */
export const DEEDS: readonly string[] = Object.keys(LIKELY);

export interface PeopleDeps {
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly tally: Tally;
  readonly cloud: Cloud;
}

export class People {
  readonly #deps: PeopleDeps;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  /** Somebody does something to a group, now. */
  meddle(group: SimGroup): void {
    const { dice, tally, cloud, time } = this.#deps;
    const deed = dice.weighted(LIKELY);
    tally.count(`somebody’s ${deed}`);
    if (!dice.chance(0.15)) {
      cloud.change('somebody', group.config.name, (is, now) => this.#done(deed, is, group, now));
      return;
    }
    tally.count('a tool writes what it read before');
    const read = cloud.groups.get(group.config.name);
    time.at(time.now() + dice.between(50, 5_000), () => {
      cloud.change(
        'a tool',
        group.config.name,
        (is, now) => is && read && this.#done(deed, read, group, now),
      );
    });
  }

  #done(deed: Deed, is: Seen, group: SimGroup, now: number): Seen {
    const { dice } = this.#deps;
    if (deed === 'create') return is ?? this.#made(group, now);
    if (is === undefined) return undefined;
    const { groupAttribute: attribute, machineList: list } = is;
    const marked = (externalName: string) => ({ ...is, groupAttribute: { ...attribute, externalName } });
    switch (deed) {
      case 'add':
        return { ...is, machineList: [...new Set([...list, ...this.#some(group)])] };
      case 'remove': {
        const gone = new Set(dice.sample(list, dice.between(1, dice.chance(0.2) ? 8 : 2)));
        return { ...is, machineList: list.filter((member) => !gone.has(member)) };
      }
      case 'respell':
        return {
          ...is,
          machineList: [
            ...new Set(
              list.map((text) =>
                dice.chance(0.3) ? group.machines.spell(group.machines.meant(text), dice) : text,
              ),
            ),
          ],
        };
      case 'topic':
        return { ...is, groupAttribute: { ...attribute, groupTopic: dice.pick(['', 'web', 'new']) } };
      case 'type':
        return { ...is, groupType: dice.pick(['', 'Armory', 'other']) };
      case 'wipe mark':
        return marked('');
      case 'other mark':
        return marked(dice.pick(OTHER_MARKS));
      case 'our mark':
        return { ...marked(OUR_MARK), machineIdentifyType: group.config.identify };
      case 'kind':
        return { ...is, machineIdentifyType: is.machineIdentifyType === 'ip' ? 'userdefined' : 'ip' };
      case 'delete':
        return undefined;
      default:
        return { ...is };
    }
  }

  /** A group of that name, made by hand. */
  #made({ config, machines }: SimGroup, now: number): Seen {
    const { dice } = this.#deps;
    const mark = dice.pick(['', OUR_MARK, ...OTHER_MARKS]);
    const list = dice.sample(machines.all, dice.between(0, 5));
    return { ...storedGroup(config.name, mark, list, config.identify, dice), createTime: now };
  }

  #some({ machines, config }: SimGroup): string[] {
    const { dice } = this.#deps;
    const known = dice.sample(machines.all, dice.between(1, 3)).map((member) => {
      return dice.chance(0.3) ? machines.spell(member, dice) : member;
    });
    const odd = config.identify === 'ip' ? ['192.168.7.7', 'host?'] : ['by-hand'];
    return dice.chance(0.2) ? [...known, dice.pick(odd)] : known;
  }
}
