// The sync configuration as a document: every field, its rule and its words, and what only the whole shows.
// The JSON Schema that editors use is generated from here.

import * as z from 'zod/mini';
import { sourceSchema, taggedSourceSchema } from '../../inventory/sources/settings.ts';
import { ADDRESS_RULES, normaliseAddress, specialRange } from '../address/address.ts';
import { type Blocks, blocksOf, readCidr } from '../address/cidr.ts';
import { ENDPOINT } from '../address/endpoint.ts';
import {
  CONFIG_NAME,
  EXISTING_GROUP_NAME,
  groupKey,
  IDENTIFY_TYPES,
  PROJECT_NAME,
} from '../group/machine-group.ts';
import { foldOwner, OWNER_ID } from '../group/owner.ts';
import { listOf, mapOf } from '../text/bounded.ts';
import { allDiffer, GROUPS_MAX, isOneLine, text, wholeNumber } from '../text/fields.ts';
import { hookName } from '../text/hook-name.ts';
import { fault, quoted } from '../text/issues.ts';
import type { NameRule } from '../text/rule.ts';
import { REMOVE_AFTER_SECONDS, SILENT_AFTER_SECONDS } from '../time/timeouts.ts';
import {
  checkFamilies,
  checkFamily,
  FAMILIES_MAX,
  familyBy,
  familyConfigs,
  familyMaxGroups,
  familyName,
} from './families.ts';
import { checkHooks, hookSchema } from './hooks.ts';
import { CONFIGS_MODES, HEARTBEATS, POLICIES, type SafetySettings } from './settings.ts';

function named(rule: NameRule) {
  return z.string().check(z.regex(rule.pattern, rule.says));
}

function flag(says: string) {
  return z.boolean().check(z.describe(says));
}

const policySchema = z
  .enum(POLICIES)
  .check(
    z.describe(
      'How far a run may go: observe writes nothing, create-only makes groups, upsert-only also adds and corrects, approve-removals also removes what a person has approved, sync also removes by itself.',
    ),
  );

const [, REMOVE_AFTER_MIN, REMOVE_AFTER_MAX] = REMOVE_AFTER_SECONDS;
const [, SILENT_AFTER_MIN, SILENT_AFTER_MAX] = SILENT_AFTER_SECONDS;

const safetySchema = z
  .strictObject({
    removeAfter: z.exactOptional(
      wholeNumber(REMOVE_AFTER_MIN, REMOVE_AFTER_MAX).check(
        z.describe('Seconds that a member has to be missing before it may go.'),
      ),
    ),
    silentAfter: z.exactOptional(
      wholeNumber(SILENT_AFTER_MIN, SILENT_AFTER_MAX).check(
        z.describe('Seconds since its last heartbeat until a machine counts as silent.'),
      ),
    ),
    heartbeats: z.exactOptional(
      z
        .enum(HEARTBEATS)
        .check(
          z.describe('use: a machine that reports stays. ignore: only the inventory counts, and the limits.'),
        ),
    ),
    maxRemovalShare: z.exactOptional(
      z
        .number()
        .check(
          z.minimum(0),
          z.maximum(1),
          z.describe('Largest share of members that may go without proof in 24 hours.'),
        ),
    ),
    maxSmallRemovals: z.exactOptional(
      wholeNumber(0, 1_000_000).check(
        z.describe('Members that may always go without proof in 24 hours, and in 7 days.'),
      ),
    ),
    // A setting that stands here or in settings.ts alone does not compile.
  } satisfies Record<keyof SafetySettings, z.ZodMiniType>)
  .check(z.describe('Limits on removals. Missing ones come from the document, then from the defaults.'));

/** The union is for editors; what a run reads a block with has the last word. */
const cidr = z
  .union([z.cidrv4(), z.cidrv6()], 'a CIDR block such as 10.0.0.0/8 or 2001:db8::/32')
  .check((context) => {
    const reading = readCidr(context.value);
    if (!reading.ok) fault(context, [], reading.says);
  });
const cidrs = listOf(cidr, 1000);
const topic = z.string().check(z.maxLength(512), z.refine(isOneLine, 'holds control characters'));

/** As many names as are kept of a group. */
const CONFIGS_MAX = 20;

/** Of whatever makes groups. */
export const configsFields = {
  configs: z.exactOptional(
    listOf(named(CONFIG_NAME), CONFIGS_MAX).check(
      z.minLength(1),
      z.refine(allDiffer, 'names a config twice'),
      z.describe('Logtail configs that are to be applied to the group.'),
    ),
  ),
  configsMode: z.exactOptional(
    z
      .enum(CONFIGS_MODES)
      .check(
        z.describe(
          'watch (the default): a config that is not applied asks for a person. keep: it is applied again. None is ever removed.',
        ),
      ),
  ),
};

const SOURCES_MAX = 50;

const groupSchema = z
  .strictObject({
    project: named(PROJECT_NAME).check(z.describe('SLS project.')),
    endpoint: z.exactOptional(
      named(ENDPOINT).check(
        z.describe('SLS endpoint, if not the function’s own: one that the deployer lists.'),
      ),
    ),
    name: named(EXISTING_GROUP_NAME).check(z.describe('Machine group.')),
    owner: z.exactOptional(named(OWNER_ID).check(z.describe('Owner of this group, if not the document’s.'))),
    identify: z.enum(IDENTIFY_TYPES).check(z.describe('Whether members are addresses or user-defined ids.')),
    topic: z.exactOptional(topic.check(z.describe('Topic to keep on the group. Left alone if not given.'))),
    contact: z.exactOptional(
      text(256).check(z.describe('Whom to tell of this group: a channel, a team, an e-mail address.')),
    ),
    adopt: z._default(flag('Take over a group that carries no owner mark, or another system’s.'), false),
    allowEmpty: z._default(
      flag('The inventory may be empty: what reports no longer then goes, whatever the limits.'),
      false,
    ),
    policy: z.exactOptional(policySchema),
    safety: z.exactOptional(safetySchema),
    ...configsFields,
    allow: z.exactOptional(
      cidrs.check(z.minLength(1), z.describe('Only addresses in these blocks are wanted.')),
    ),
    deny: z._default(cidrs, []).check(z.describe('Addresses in these blocks are not wanted.')),
    sources: listOf(sourceSchema, SOURCES_MAX).check(
      z.minLength(1),
      z.describe('Where the machines come from, merged.'),
    ),
  })
  .check(checkMembers, checkConfigs);

const { name: _, adopt: __, configs: ___, configsMode: ____, ...familyGroup } = groupSchema.def.shape;

const familySchema = z
  .strictObject({
    ...familyGroup,
    name: familyName,
    by: familyBy,
    sources: listOf(taggedSourceSchema, SOURCES_MAX).check(
      z.minLength(1),
      z.describe('Where the machines come from, merged; each says by its tags which group is its.'),
    ),
    maxGroups: familyMaxGroups,
    configs: familyConfigs,
  })
  .check(checkMembers, checkFamily);

/** Each has a secret of its own to read. */
const HOOKS_MAX = 1000;
const FORMER_OWNERS_MAX = 20;

export const syncConfigSchema = z
  .strictObject({
    $schema: z.exactOptional(z.string().check(z.describe('Where editors find the schema.'))),
    owner: named(OWNER_ID).check(
      z.describe('Id of this deployment; the groups it keeps are marked with it.'),
    ),
    formerOwners: z
      ._default(listOf(named(OWNER_ID), FORMER_OWNERS_MAX), [])
      .check(z.describe('Earlier ids of this deployment: groups with their marks are taken over.')),
    policy: policySchema,
    safety: z.exactOptional(safetySchema),
    concurrency: z._default(wholeNumber(1, 64), 8).check(z.describe('Groups worked on at a time.')),
    fanOutAbove: z
      ._default(wholeNumber(0, 10_000), 50)
      .check(
        z.describe(
          'With more groups than this, a run hands them to workers, a message for each batch of groups.',
        ),
      ),
    hooks: z
      ._default(mapOf(hookName, hookSchema, HOOKS_MAX), {})
      .check(z.describe('Paths by which other systems say that a source has changed, by name.')),
    groups: listOf(groupSchema, GROUPS_MAX).check(
      z.describe('Machine groups to keep, each named once. At least one, unless there are families.'),
    ),
    families: z
      ._default(listOf(familySchema, FAMILIES_MAX), [])
      .check(z.describe('Rules that make a group of each combination of values that an inventory shows.')),
  })
  .check(checkDocument, checkFamilies, checkHooks, z.describe('Configuration of sync-from-inventory.'));

export type SyncDocument = z.output<typeof syncConfigSchema>;
export type GroupDocument = SyncDocument['groups'][number];
export type FamilyDocument = SyncDocument['families'][number];

function checkConfigs(context: z.core.ParsePayload<Pick<GroupDocument, 'configs' | 'configsMode'>>): void {
  const { configs, configsMode } = context.value;
  if (configsMode !== undefined && configs === undefined)
    fault(context, ['configsMode'], 'means nothing without configs');
}

type Members = Pick<GroupDocument, 'identify' | 'allow' | 'deny' | 'sources'>;

function checkMembers(context: z.core.ParsePayload<Members>): void {
  const { identify, allow, deny, sources } = context.value;
  const wrong = (path: PropertyKey[], message: string) => fault(context, path, message);
  if (identify === 'userdefined') {
    if (allow) wrong(['allow'], 'means nothing for user-defined ids');
    if (deny.length > 0) wrong(['deny'], 'means nothing for user-defined ids');
  }
  const denied = blocksOf(
    deny.flatMap((text) => {
      const reading = readCidr(text);
      return reading.ok ? reading.cidr : [];
    }),
  );
  sources.forEach((source, index) => {
    if (identify === 'ip' && 'id' in source)
      wrong(['sources', index, 'id'], 'means nothing in a group of addresses');
    if (source.type !== 'static') return;
    source.members.forEach((member, at) => {
      const says = identify === 'ip' ? faultOfAddress(member, denied) : faultOfId(member);
      if (says !== undefined) wrong(['sources', index, 'members', at], says);
    });
  });
}

/** Members written down here that no run could take would leave every reading of the group incomplete. */
function faultOfAddress(member: string, denied: Blocks): string | undefined {
  const verdict = normaliseAddress(member);
  if (!verdict.ok) return `needs ${ADDRESS_RULES[verdict.rule]}`;
  const special = specialRange(verdict.address);
  if (special === undefined || denied.find(verdict.address)) return undefined;
  return `is a ${special} address, which no machine of a group can have`;
}

function faultOfId(member: string): string | undefined {
  return member.trim() === '' ? 'needs an id that is not blank' : undefined;
}

/**
 * What only the whole document shows. Owners overlap when one group is claimed under two of them, or when
 * two of them read as the same.
 */
function checkDocument(context: z.core.ParsePayload<SyncDocument>): void {
  const { owner, groups, families } = context.value;
  checkFormerOwners(context);
  const wrong = (index: number, field: string, message: string) =>
    fault(context, ['groups', index, field], message);
  if (groups.length + families.length === 0)
    fault(context, ['groups'], 'must be at least 1 entry long, as there are no families');
  const seen = new Map<string, { index: number; owner: string }>();
  const readsAs = new Map([[foldOwner(owner), owner]]);
  groups.forEach((group, index) => {
    const claim = { index, owner: group.owner ?? owner };
    const key = groupKey(group);
    const earlier = seen.get(key);
    if (!earlier) seen.set(key, claim);
    else if (earlier.owner === claim.owner)
      wrong(index, 'name', `is the same project and name as groups[${earlier.index}]`);
    else wrong(index, 'owner', `overlaps: groups[${earlier.index}] claims the same group for another owner`);
    const folded = foldOwner(claim.owner);
    const other = readsAs.get(folded) ?? claim.owner;
    if (other !== claim.owner)
      wrong(index, 'owner', `overlaps: it differs from owner ${quoted(other)} by a separator only`);
    readsAs.set(folded, other);
  });
  families.forEach((family, index) => {
    const claimed = family.owner ?? owner;
    const folded = foldOwner(claimed);
    const other = readsAs.get(folded) ?? claimed;
    const differs = `overlaps: it differs from owner ${quoted(other)} by a separator only`;
    if (other !== claimed) fault(context, ['families', index, 'owner'], differs);
    readsAs.set(folded, other);
  });
}

/** A mark cannot be one that is kept and one that is taken over: a group would go back and forth. */
function checkFormerOwners(context: z.core.ParsePayload<SyncDocument>): void {
  const { owner, formerOwners, groups, families } = context.value;
  const kept = new Set([owner, ...[...groups, ...families].map((group) => group.owner ?? owner)]);
  formerOwners.forEach((former, index) => {
    if (kept.has(former)) fault(context, ['formerOwners', index], 'is already an owner of this document');
  });
}
