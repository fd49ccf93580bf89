// What the API answers with, as zod schemas: what is sent is cut to them, and the OpenAPI document is made from them.
import * as z from 'zod/mini';
import { HEARTBEAT_STATUSES } from '../core/group/heartbeat.ts';

const seconds = z.int().check(z.describe('Unix seconds.'));

/**
 * A machine group as the documentation has it, and nothing else: a field of tomorrow, which no body of ours can
 * carry, would make what GET answers unfit for PUT and POST. PATCH keeps such fields without showing them.
 */
export const groupAnswer = z.object({
  groupName: z.string(),
  groupType: z.string(),
  groupAttribute: z.object({ externalName: z.string(), groupTopic: z.string() }),
  machineIdentifyType: z.string(),
  machineList: z.array(z.string()),
  createTime: seconds,
  lastModifyTime: seconds,
});

const count = z.int().check(z.describe('Rows in this answer.'));
const total = z.int().check(z.describe('Rows of the whole listing.'));

export const groupListAnswer = z.object({ machinegroups: z.array(z.string()), count, total });

export const machineListAnswer = z.object({
  machines: z.array(
    z.object({
      ip: z.string().check(z.describe('Address the agent reports.')),
      'machine-uniqueid': z.string().check(z.describe('DMI UUID; may be empty.')),
      'userdefined-id': z.string().check(z.describe('Id the machine carries; may be empty.')),
      'host-id': z.optional(z.string()),
      binary: z.optional(z.string()).check(z.describe('Version of the agent.')),
      lastHeartbeatTime: z.int().check(z.describe('Unix seconds; 0 for never.')),
      status: z
        .enum(HEARTBEAT_STATUSES)
        .check(
          z.describe(
            'ok: heard of lately. stale: not for longer than staleSeconds. never: a member without a machine.',
          ),
        ),
    }),
  ),
  count,
  total,
});

export const configNamesAnswer = z.object({ configs: z.array(z.string()), count });
export const groupNamesAnswer = z.object({ machinegroups: z.array(z.string()), count });

export const problemAnswer = z.object({
  errorCode: z.string(),
  errorMessage: z.string(),
  requestId: z.string().check(z.describe('Id of SLS where SLS answered, else of the gateway.')),
});
