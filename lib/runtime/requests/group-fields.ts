// Fields of a machine group that may be written, as zod schemas.
import * as z from 'zod/mini';
import { IDENTIFY_TYPES } from '../../core/group/machine-group.ts';
import { listOf } from '../../core/text/bounded.ts';
import { MEMBERS_MAX } from '../../sls/limits.ts';
import { printable } from './fields.ts';

export const identifyType = () =>
  z
    .enum(IDENTIFY_TYPES)
    .check(z.describe('ip: members are addresses that agents report. userdefined: ids that machines carry.'));
export const topic = () => printable().check(z.describe('Topic attached to the logs of this group.'));
export const externalName = () => printable().check(z.describe('Id in an external management system.'));
/** The service takes any text and gives it back, so what a read shows can be written again. */
export const groupType = () => printable().check(z.describe('Empty, or "Armory".'));
export const machineList = () =>
  listOf(z.string(), MEMBERS_MAX).check(
    z.describe('Members; their order has no meaning and none is there twice.'),
  );

/** A group as it was read is accepted as it stands. */
export const times = () => ({
  createTime: z.optional(z.number()).check(z.describe('Unix seconds, as a read gives it; ignored.')),
  lastModifyTime: z.optional(z.number()).check(z.describe('Unix seconds, as a read gives it; ignored.')),
});
