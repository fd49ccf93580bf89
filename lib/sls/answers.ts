// What SLS answers with, validated: lenient to fields we do not know, strict about those we decide by. Made when they
// are asked for: a cold start waits for no schema that its request does not need.
import * as z from 'zod/mini';
import type { Machine } from '../core/group/heartbeat.ts';
import type { MachineGroup } from '../core/group/machine-group.ts';
import { listOf } from '../core/text/bounded.ts';
import { once } from '../core/text/once.ts';
import { ANSWER_ENTRIES_MAX } from './limits.ts';

const attribute = () =>
  z.nullish(z.looseObject({ groupTopic: z.nullish(z.string()), externalName: z.nullish(z.string()) }));

/**
 * A machine group as GetMachineGroup returns it. `machineList` has no default: a list that is missing is not
 * a list that is empty. Fields we do not know stay in the value, so that a full update writes them back.
 */
export const machineGroupAnswer = once(() =>
  z.pipe(
    z.looseObject({
      groupName: z.string(),
      groupType: z.nullish(z.string()),
      machineIdentifyType: z.string(),
      groupAttribute: attribute(),
      machineList: names(),
      createTime: z.number(),
      lastModifyTime: z.number(),
    }),
    z.transform(
      (group): MachineGroup => ({
        ...group,
        groupType: group.groupType ?? '',
        groupAttribute: {
          ...group.groupAttribute,
          externalName: group.groupAttribute?.externalName ?? '',
          groupTopic: group.groupAttribute?.groupTopic ?? '',
        },
      }),
    ),
  ),
);

const figure = () => z.int().check(z.nonnegative());
const names = () => listOf(z.string(), ANSWER_ENTRIES_MAX);

/** A page of ListMachineGroup. */
export const groupPageAnswer = once(() =>
  z.pipe(
    z.looseObject({ machinegroups: names(), count: figure(), total: figure() }),
    z.transform(({ machinegroups: rows, count, total }) => ({ rows, count, total })),
  ),
);

const machine = () =>
  z.pipe(
    z.looseObject({
      ip: z.string(),
      'machine-uniqueid': z.nullish(z.string()),
      'userdefined-id': z.nullish(z.string()),
      'host-id': z.nullish(z.string()),
      lastHeartbeatTime: z.number(),
      binary: z.nullish(z.string()),
    }),
    z.transform(
      ({ ip, lastHeartbeatTime, ...given }): Machine => ({
        ip,
        'machine-uniqueid': given['machine-uniqueid'] ?? '',
        'userdefined-id': given['userdefined-id'] ?? '',
        ...(given['host-id'] && { 'host-id': given['host-id'] }),
        ...(given.binary && { binary: given.binary }),
        lastHeartbeatTime,
      }),
    ),
  );

/** A page of ListMachines. */
export const machinePageAnswer = once(() =>
  z.pipe(
    z.looseObject({ machines: listOf(machine(), ANSWER_ENTRIES_MAX), count: figure(), total: figure() }),
    z.transform(({ machines: rows, count, total }) => ({ rows, count, total })),
  ),
);

/** Not paged, so the count has nothing to say but that the list is whole. */
export const configNamesAnswer = once(() =>
  z.pipe(
    z
      .looseObject({ configs: names(), count: figure() })
      .check(z.refine(({ configs, count }) => configs.length === count)),
    z.transform(({ configs }) => configs),
  ),
);

/** As `configNamesAnswer`, from the other side. */
export const groupNamesAnswer = once(() =>
  z.pipe(
    z
      .looseObject({ machinegroups: names(), count: figure() })
      .check(z.refine(({ machinegroups, count }) => machinegroups.length === count)),
    z.transform(({ machinegroups }) => machinegroups),
  ),
);

/** An error answer: SLS's own two fields, whatever else stands beside them. */
export const errorAnswer = once(() =>
  z.looseObject({ errorCode: z.string(), errorMessage: z.optional(z.string()) }),
);
