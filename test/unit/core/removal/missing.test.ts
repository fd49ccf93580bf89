// Patience: an hour and three complete readings, in the order of time.
import { describe, expect, test } from 'vitest';
import { MISSING_MAX, newMemory, type RemovalMemory } from '../../../../lib/core/removal/memory.ts';
import { noteMissing } from '../../../../lib/core/removal/missing.ts';
import { REMOVAL_DEFAULTS } from '../../../../lib/core/removal/settings.ts';
import { HOUR, MINUTE, names, T0 } from './drive.ts';

/** `-` lacks X, `X` lists it; `~` before it for an incomplete reading, `<` for one older than the last. Minutes after. */
type Step = readonly [minute: number, reading: '-' | 'X' | '~-' | '~X' | '<-' | '<X'];

const NOBODY: ReadonlySet<string> = new Set();

function after(steps: readonly Step[]) {
  let memory: RemovalMemory = newMemory(T0 - HOUR);
  let ripe = false;
  for (const [minute, reading] of steps) {
    const now = T0 + minute * MINUTE;
    const beganAt = reading.startsWith('<') ? memory.readingAt - 1 : now;
    const wanted = new Set(reading.endsWith('X') ? ['X', 'stays'] : ['stays']);
    const noted = noteMissing({
      memory,
      reading: { complete: !reading.startsWith('~'), beganAt, wanted },
      members: new Set(['X', 'stays']),
      now,
      settings: REMOVAL_DEFAULTS,
      approved: NOBODY,
    });
    memory = noted.memory;
    ripe = noted.ripe.has('X');
  }
  const entry = memory.missing.get('X');
  return { ripe, readings: entry?.readings ?? 0, since: entry && (entry.since - T0) / MINUTE };
}

describe('a member that is missing', () => {
  test.each<[string, readonly Step[], { ripe: boolean; readings: number; since?: number }]>([
    ['begins with its first reading', [[0, '-']], { ripe: false, readings: 1, since: 0 }],
    [
      'is not ripe at 59 minutes',
      [
        [0, '-'],
        [30, '-'],
        [59, '-'],
      ],
      { ripe: false, readings: 3, since: 0 },
    ],
    [
      'is ripe at 60 minutes and three readings',
      [
        [0, '-'],
        [30, '-'],
        [60, '-'],
      ],
      { ripe: true, readings: 3, since: 0 },
    ],
    [
      'is not ripe after two readings, whatever the time',
      [
        [0, '-'],
        [600, '-'],
      ],
      { ripe: false, readings: 2, since: 0 },
    ],
    [
      'starts anew when it is listed',
      [
        [0, '-'],
        [30, '-'],
        [50, 'X'],
        [60, '-'],
      ],
      { ripe: false, readings: 1, since: 60 },
    ],
    [
      'is forgotten while it is listed',
      [
        [0, '-'],
        [30, 'X'],
      ],
      { ripe: false, readings: 0 },
    ],
    [
      'starts anew when an incomplete reading lists it',
      [
        [0, '-'],
        [30, '~X'],
        [60, '-'],
      ],
      { ripe: false, readings: 1, since: 60 },
    ],
    [
      'starts anew when an older reading lists it',
      [
        [0, '-'],
        [30, '<X'],
        [60, '-'],
      ],
      { ripe: false, readings: 1, since: 60 },
    ],
    [
      'gets nothing from an incomplete reading that lacks it',
      [
        [0, '-'],
        [30, '~-'],
        [60, '-'],
      ],
      { ripe: false, readings: 2, since: 0 },
    ],
    [
      'loses nothing by an incomplete reading that lacks it',
      [
        [0, '-'],
        [30, '-'],
        [50, '~-'],
        [60, '-'],
      ],
      { ripe: true, readings: 3, since: 0 },
    ],
    ['does not begin with an incomplete reading', [[0, '~-']], { ripe: false, readings: 0 }],
    [
      'is not ripe in an incomplete reading',
      [
        [0, '-'],
        [30, '-'],
        [60, '-'],
        [65, '~-'],
      ],
      { ripe: false, readings: 3, since: 0 },
    ],
    [
      'is not ripe in an older reading',
      [
        [0, '-'],
        [30, '-'],
        [60, '-'],
        [65, '<-'],
      ],
      { ripe: false, readings: 3, since: 0 },
    ],
    [
      'gets nothing from an older reading',
      [
        [0, '-'],
        [30, '<-'],
        [60, '-'],
      ],
      { ripe: false, readings: 2, since: 0 },
    ],
  ])('%s', (_name, steps, expected) => {
    expect(after(steps)).toEqual({ since: undefined, ...expected });
  });
});

const noted = (
  memory: RemovalMemory,
  members: readonly string[],
  beganAt: number,
  now = beganAt,
  approved: ReadonlySet<string> = NOBODY,
) =>
  noteMissing({
    memory,
    reading: { complete: true, beganAt, wanted: new Set() },
    members: new Set(members),
    now,
    settings: REMOVAL_DEFAULTS,
    approved,
  });

test('one reading judged twice counts once, and what it made ripe stays ripe', () => {
  let { memory } = noted(newMemory(T0), ['X'], T0);
  ({ memory } = noted(memory, ['X'], T0, T0 + MINUTE));
  expect(memory.missing.get('X')?.readings).toBe(1);
  ({ memory } = noted(memory, ['X'], T0 + HOUR));
  ({ memory } = noted(memory, ['X'], T0 + 2 * HOUR));
  expect(noted(memory, ['X'], T0 + 2 * HOUR).ripe).toEqual(new Set(['X']));
});

test('a slow reading: the hour ends when the reading began, not when it is judged', () => {
  let { memory } = noted(newMemory(T0), ['X'], T0);
  ({ memory } = noted(memory, ['X'], T0 + 30 * MINUTE));
  expect(noted(memory, ['X'], T0 + 59 * MINUTE, T0 + 70 * MINUTE).ripe.size).toBe(0);
});

test('a member that left the group is forgotten', () => {
  const { memory } = noted(newMemory(T0), ['X'], T0);
  expect(noted(memory, [], T0 + HOUR).memory.missing.size).toBe(0);
});

test('the memory lists 2 000 missing members, counts the others, and keeps the places of those it has', () => {
  const first = noted(newMemory(T0), names(2_500), T0);
  expect(first.memory.missing.size).toBe(MISSING_MAX);
  expect(first.unlisted).toBe(500);
  const second = noted(first.memory, names(2_500).toReversed(), T0 + HOUR);
  expect([...second.memory.missing.keys()]).toEqual(names(2_000));
  expect(second.unlisted).toBe(500);
});

test('what a person approved finds a place among too many', () => {
  const all = names(2_500);
  const approved = new Set(all.slice(-50));
  const first = noted(newMemory(T0), all, T0);
  const second = noted(first.memory, all, T0 + HOUR, T0 + HOUR, approved);
  expect([...approved].filter((member) => !second.memory.missing.has(member))).toEqual([]);
  expect(second.memory.missing.size).toBe(MISSING_MAX);
  expect(second.unlisted).toBe(500);
});

test('a memory of a clock that was ahead holds removals no longer than one that begins now', () => {
  const YEAR = 365 * 24 * HOUR;
  const missing = new Map([['X', { since: T0 + YEAR, readings: 2 }]]);
  let memory: RemovalMemory = { ...newMemory(T0 + YEAR), readingAt: T0 + YEAR, missing };
  const ripe = [0, 20, 40, 59, 60].map((minute) => {
    const now = T0 + minute * MINUTE;
    const noted = noteMissing({
      memory,
      reading: { complete: true, beganAt: now, wanted: new Set(['stays']) },
      members: new Set(['X', 'stays']),
      now,
      settings: REMOVAL_DEFAULTS,
      approved: NOBODY,
    });
    memory = noted.memory;
    return noted.ripe.has('X');
  });
  expect(ripe).toEqual([false, false, false, false, true]);
  expect(memory.since).toBe(T0);
});
