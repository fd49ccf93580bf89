// Random groups and inventories over a small world of machines, so that they overlap, each machine in several
// spellings.
import fc from 'fast-check';
import { ABSENT, type CurrentGroup } from '../../../lib/core/group/current.ts';
import { ownerMark } from '../../../lib/core/group/owner.ts';
import { COMPLETE, groupConfig, OWNER, PARTIAL, present, wanted } from './values.ts';

export const machine = fc.integer({ min: 1, max: 30 }).map((last) => `10.0.0.${last}`);

const spelling = (address: string) =>
  fc.constantFrom(address, ` ${address}`, `::ffff:${address}`, `${address}\t`);

/** What a service may hold: any order, duplicates, odd spellings, things that are no addresses. */
export const machineList = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: machine.chain(spelling) },
    { weight: 1, arbitrary: fc.constantFrom('?', 'host?') },
  ),
  { maxLength: 40 },
);

const mark = fc.constantFrom(ownerMark(OWNER), ownerMark(OWNER), '', 'testgroup', ownerMark('staging'));

export const presentGroup = fc
  .record({ list: machineList, externalName: mark, groupTopic: fc.constantFrom('', 'web', 'old') })
  .map(({ list, externalName, groupTopic }) =>
    present(list, { groupAttribute: { externalName, groupTopic } }),
  );

export const currentGroup: fc.Arbitrary<CurrentGroup> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(ABSENT) },
  { weight: 6, arbitrary: presentGroup },
);

export const wantedSet = fc
  .record({ members: fc.uniqueArray(machine, { maxLength: 30 }), isComplete: fc.boolean() })
  .map(({ members, isComplete }) => wanted(members, { completeness: isComplete ? COMPLETE : PARTIAL }));

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Every setting that bears on a decision. */
export const group = fc
  .record({
    policy: fc.constantFrom('observe', 'create-only', 'upsert-only', 'approve-removals', 'sync', 'sync'),
    adopt: fc.boolean(),
    allowEmpty: fc.boolean(),
    topic: optional(fc.constantFrom('', 'web')),
    safety: fc.record(
      {
        maxRemovalShare: fc.constantFrom(0, 0.1, 0.3, 0.5, 1),
        maxSmallRemovals: fc.integer({ min: 0, max: 5 }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ topic, ...settings }) => groupConfig(topic === undefined ? settings : { ...settings, topic }));
