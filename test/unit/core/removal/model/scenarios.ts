// A year each of what happens to inventories: everyday life, and inventories that are wrong.

import { Chronicle, DAY, HOUR, MINUTE, RUN_EVERY, START, type World } from './world.ts';

export interface Scenario {
  readonly name: string;
  /** @param days how long it lasts */
  readonly world: (days: number) => World;
  /** Wrongly removed machines and times that a person is asked in a year, judged run by run and over time. */
  readonly runByRun: string;
  readonly overTime: string;
}

const SIZE = 100;

const daysOf = (days: number): number[] => Array.from({ length: days }, (_, day) => START + day * DAY);
const every = (days: number, step: number, first: number): number[] =>
  daysOf(days).filter((_, day) => day % step === first);
/** One incident a month, twelve a year. */
const months = (days: number) => every(days, 30, 9).slice(0, 12);
const steps = (count: number): number[] => Array.from({ length: count }, (_, step) => step);

/** 20 at night, 100 by day, four more or fewer in a run. */
function dayAndNight(days: number): World {
  const chronicle = new Chronicle();
  chronicle.start(20, START);
  for (const day of daysOf(days)) {
    for (const step of steps(20)) {
      const members = chronicle.start(4, day + 7 * HOUR + step * RUN_EVERY);
      chronicle.stop(members, day + 20 * HOUR + step * RUN_EVERY);
    }
  }
  return chronicle.world();
}

/** 80 of 100 stop on Friday evening, all at once, and others start on Monday. */
function mondayToFriday(days: number): World {
  const chronicle = new Chronicle();
  chronicle.start(20, START);
  let extra = chronicle.start(80, START);
  for (const day of daysOf(days)) {
    const weekday = new Date(day).getUTCDay();
    if (weekday === 1) extra = chronicle.start(80, day + 6 * HOUR);
    if (weekday === 5) chronicle.stop(extra, day + 20 * HOUR);
  }
  return chronicle.world();
}

/** Every day five new ones every half hour, and the old ones a quarter of an hour later. */
function rollingReplacement(days: number): World {
  const chronicle = new Chronicle();
  const fleet = chronicle.start(SIZE, START);
  for (const day of daysOf(days)) {
    for (const step of steps(20)) {
      const at = day + 8 * HOUR + step * 30 * MINUTE;
      fleet.push(...chronicle.start(5, at));
      chronicle.stop(fleet.splice(0, 5), at + 15 * MINUTE);
    }
  }
  return chronicle.world();
}

/** Every day, a third every half hour; the new ones come ten minutes after the old ones stop. */
function thirdsTerminatedFirst(days: number): World {
  const chronicle = new Chronicle();
  const fleet = chronicle.start(SIZE, START);
  for (const day of daysOf(days)) {
    [34, 33, 33].forEach((third, step) => {
      const at = day + 3 * HOUR + step * 30 * MINUTE;
      chronicle.stop(fleet.splice(0, third), at);
      fleet.push(...chronicle.start(third, at + 10 * MINUTE));
    });
  }
  return chronicle.world();
}

/** Green starts, half an hour later the inventory drops blue, and blue runs for another day. */
function blueGreen(days: number): World {
  const chronicle = new Chronicle();
  let blue = chronicle.start(SIZE, START);
  for (const day of every(days, 7, 5)) {
    const green = chronicle.start(SIZE, day + 12 * HOUR);
    chronicle.unlist(blue, day + 12 * HOUR + 30 * MINUTE);
    chronicle.stop(blue, day + 36 * HOUR + 30 * MINUTE);
    blue = green;
  }
  return chronicle.world();
}

/** The inventory loses 30 % of what is left in each of four runs, then everything, for six hours. */
const fade = (heard: boolean) => (days: number) => {
  const chronicle = new Chronicle();
  const fleet = chronicle.start(SIZE, START);
  for (const day of months(days)) {
    [70, 49, 35, 25, 0].forEach((left, step) => {
      chronicle.unlist(fleet.slice(left), day + 9 * HOUR + step * RUN_EVERY);
    });
    chronicle.list(fleet, day + 15 * HOUR);
  }
  return chronicle.world(heard);
};

/** For two days the inventory lists only so many in every other run, or in every other span of time. */
const flap =
  (left: number, heard: boolean, span = RUN_EVERY) =>
  (days: number) => {
    const chronicle = new Chronicle();
    const fleet = chronicle.start(SIZE, START);
    for (const day of months(days)) {
      for (let at = day; at < day + 2 * DAY; at += 2 * span) {
        chronicle.unlist(fleet.slice(left), at);
        chronicle.list(fleet, at + span);
      }
    }
    return chronicle.world(heard);
  };

/** For six hours the inventory lists as many machines of somebody else; with padding, both for half an hour. */
const strangers =
  (count: number, padding: boolean, heard = false) =>
  (days: number) => {
    const chronicle = new Chronicle();
    const fleet = chronicle.start(SIZE, START);
    months(days).forEach((day, incident) => {
      const others = Array.from({ length: count }, (_, index) => `x${incident}-${index}`);
      const from = day + 9 * HOUR;
      chronicle.list(others, from);
      chronicle.unlist(fleet, padding ? from + 30 * MINUTE : from);
      chronicle.list(fleet, day + 15 * HOUR);
      chronicle.unlist(others, day + 15 * HOUR);
    });
    return chronicle.world(heard);
  };

/** Every machine stops for six hours and the inventory is empty. Then the same come back, or others in their place. */
function totalOutage(days: number): World {
  const chronicle = new Chronicle();
  let fleet = chronicle.start(SIZE, START);
  every(days, 90, 9)
    .slice(0, 4)
    .forEach((day, incident) => {
      const from = day + 9 * HOUR;
      const to = day + 15 * HOUR;
      if (incident % 2 === 0) {
        chronicle.pause(fleet, from);
        chronicle.unlist(fleet, from);
        chronicle.resume(fleet, to);
        chronicle.list(fleet, to);
      } else {
        chronicle.stop(fleet, from);
        fleet = chronicle.start(SIZE, to);
      }
    });
  return chronicle.world();
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'Day and night, 20 to 100', world: dayAndNight, runByRun: '0/0', overTime: '0/0' },
  { name: 'Monday to Friday', world: mondayToFriday, runByRun: '0/52', overTime: '0/0' },
  { name: 'Rolling replacement', world: rollingReplacement, runByRun: '0/0', overTime: '0/0' },
  {
    name: 'A third replaced at a time, the old ones stopped first',
    world: thirdsTerminatedFirst,
    runByRun: '0/365',
    overTime: '0/0',
  },
  { name: 'Weekly blue/green, blue runs on for a day', world: blueGreen, runByRun: '0/52', overTime: '0/0' },
  { name: 'Inventory fades, agents heard', world: fade(true), runByRun: '900/12', overTime: '0/0' },
  { name: 'Inventory fades, agents unheard', world: fade(false), runByRun: '900/12', overTime: '0/12' },
  { name: 'Inventory flaps to half, heard', world: flap(50, true), runByRun: '0/3456', overTime: '0/0' },
  { name: 'Inventory flaps to 75, unheard', world: flap(75, false), runByRun: '86400/0', overTime: '0/0' },
  {
    name: 'Inventory of another account, unheard',
    world: strangers(100, false),
    runByRun: '0/12',
    overTime: '0/24',
  },
  {
    name: 'The same, but both fleets listed for half an hour first',
    world: strangers(1_000, true),
    runByRun: '1200/12',
    overTime: '0/24',
  },
  { name: 'Total outage and recovery', world: totalOutage, runByRun: '0/4', overTime: '0/0' },
];

/** Worlds beyond the twelve: what heartbeats add, and what nothing can tell. */
export const FURTHER: readonly Scenario[] = [
  {
    name: 'Inventory of another account, heard',
    world: strangers(100, false, true),
    runByRun: '0/12',
    overTime: '0/12',
  },
  {
    name: 'Day and night, unheard',
    world: (days) => ({ ...dayAndNight(days), heard: false }),
    runByRun: '0/0',
    overTime: '0/365',
  },
  {
    name: 'Inventory flaps to 75 for two hours each, unheard',
    world: flap(75, false, 2 * HOUR),
    runByRun: '3600/0',
    overTime: '600/120',
  },
];
