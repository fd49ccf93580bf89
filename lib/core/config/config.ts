// The sync configuration: which groups, from which sources, how far a run may go. Checked whole at the
// border and resolved here, so that everything inside sees one value with no defaults left to apply.

import type { SourceConfig } from '../../inventory/sources/settings.ts';
import { endpointText, parseEndpoint } from '../address/endpoint.ts';
import { groupKey } from '../group/machine-group.ts';
import { type NameTemplate, parseTemplate } from '../group/name-template.ts';
import type { Part } from '../reading/part.ts';
import { describeIssues } from '../text/issues.ts';
import { readJson } from '../text/json.ts';
import { jsonFault, placeAt } from '../text/json-fault.ts';
import { tagKeysOf } from './families.ts';
import type { HookConfig } from './hooks.ts';
import { retired } from './retired.ts';
import { type FamilyDocument, type GroupDocument, type SyncDocument, syncConfigSchema } from './schema.ts';
import type { ConfigsMode, Policy } from './settings.ts';
import { SAFETY_DEFAULTS, type SafetySettings } from './settings.ts';

/** One group with every setting resolved. */
export interface GroupConfig {
  /** `project/name`: how requests, reports and messages name the group. */
  readonly key: string;
  readonly project: string;
  readonly name: string;
  /** As `endpointText` spells it. */
  readonly endpoint?: string;
  readonly owner: string;
  /** Whose groups are taken over without `adopt`. */
  readonly formerOwners: readonly string[];
  /** Whom to tell. */
  readonly contact?: string;
  readonly identify: GroupDocument['identify'];
  /** Undefined: the topic is not ours to set. */
  readonly topic?: string;
  readonly adopt: boolean;
  readonly allowEmpty: boolean;
  readonly policy: Policy;
  readonly safety: SafetySettings;
  /** Logtail configs that are to be applied to the group. */
  readonly configs?: readonly string[];
  /** `watch` where absent. */
  readonly configsMode?: ConfigsMode;
  /** Undefined: every address may be wanted. Blocks are valid CIDR text. */
  readonly allow?: readonly string[];
  readonly deny: readonly string[];
  readonly sources: readonly SourceConfig[];
  /** How the group came about, where a family makes it. */
  readonly made?: Made;
}

/** A group of a family. */
export interface Made {
  /** Key of the family. */
  readonly family: string;
  /** What stands for each placeholder of the name. */
  readonly values: readonly (readonly [placeholder: string, value: string])[];
  /** The machines of the family's inventory that are the group's. */
  readonly part: Part;
  /** Logtail configs that a group gets when it is made. */
  readonly configs: readonly string[];
}

/** A rule for many groups: everything that they have in common, and what tells them apart. */
export interface FamilyConfig extends Omit<GroupConfig, 'made'> {
  /** With placeholders in braces; so has the key. */
  readonly name: string;
  readonly template: NameTemplate;
  /** Keys of tags by placeholder, in the order of the document. */
  readonly by: ReadonlyMap<string, string>;
  readonly maxGroups: number;
  readonly configs: readonly string[];
}

export interface SyncConfig {
  /** SHA-256 of its text, where a deployment has read it. */
  readonly digest?: string;
  readonly owner: string;
  readonly formerOwners: readonly string[];
  readonly concurrency: number;
  readonly fanOutAbove: number;
  readonly hooks: readonly HookConfig[];
  readonly groups: readonly GroupConfig[];
  readonly families: readonly FamilyConfig[];
}

/** A configuration that is refused. `problems` name path, rule and shape, never a value. */
export class InvalidSyncConfig extends Error {
  override readonly name = 'InvalidSyncConfig';
  readonly code = 'SyncConfigInvalid';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`sync configuration: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/**
 * Reads the document from its text.
 * @throws InvalidSyncConfig if it is not JSON or breaks a rule
 */
export function readSyncConfig(text: string): SyncConfig {
  return parseSyncConfig(parseJson(text));
}

/** @throws InvalidSyncConfig naming every rule the document breaks */
export function parseSyncConfig(document: unknown): SyncConfig {
  const result = syncConfigSchema.safeParse(document);
  if (!result.success) throw new InvalidSyncConfig(describeIssues(result.error, document, retired));
  const { owner, formerOwners, concurrency, fanOutAbove, hooks, groups, families } = result.data;
  return {
    owner,
    formerOwners,
    concurrency,
    fanOutAbove,
    hooks: Object.entries(hooks).map(([name, hook]) => ({ name, ...hook })),
    groups: groups.map((group) => resolveGroup(group, result.data)),
    families: families.map((family) => resolveFamily(family, result.data)),
  };
}

function resolveGroup(group: GroupDocument, document: SyncDocument): GroupConfig {
  return {
    ...group,
    key: groupKey(group),
    ...(group.endpoint !== undefined && { endpoint: endpointText(parseEndpoint(group.endpoint)) }),
    owner: group.owner ?? document.owner,
    formerOwners: document.formerOwners,
    policy: group.policy ?? document.policy,
    safety: { ...SAFETY_DEFAULTS, ...document.safety, ...group.safety },
  };
}

/** Without `adopt`: whoever may set a tag would have groups taken over. */
function resolveFamily(family: FamilyDocument, document: SyncDocument): FamilyConfig {
  return {
    ...resolveGroup({ ...family, adopt: false }, document),
    template: parseTemplate(family.name) as NameTemplate,
    by: tagKeysOf(family.by),
    maxGroups: family.maxGroups,
    configs: family.configs,
  };
}

function parseJson(text: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  const reading = readJson(json);
  if (reading.ok) return reading.value;
  const { line, column, says } =
    reading.at === undefined ? doesNotParse(json) : { ...placeAt(json, reading.at), says: reading.says };
  throw new InvalidSyncConfig([`document: must be JSON, it ${says} at line ${line}, column ${column}`]);
}

function doesNotParse(json: string) {
  const { expected, ...place } = jsonFault(json);
  return { ...place, says: `does not parse: expected ${expected}` };
}
