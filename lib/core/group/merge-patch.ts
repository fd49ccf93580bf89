// JSON Merge Patch (RFC 7396) over a machine group: what the patch names is replaced, what it does not name stays,
// fields that this code does not know included.
import {
  type GroupAttribute,
  type IdentifyType,
  type MachineGroup,
  type MachineGroupDefinition,
  withoutTimes,
} from './machine-group.ts';

/** Fields a patch may name. `null` stands for the default, which is empty text. */
export interface GroupPatch {
  readonly machineIdentifyType?: IdentifyType;
  readonly groupAttribute?: {
    readonly groupTopic?: string | null;
    readonly externalName?: string | null;
  } | null;
  readonly machineList?: readonly string[];
  readonly groupType?: string | null;
}

/** The definition to write. */
export function patchedGroup(group: MachineGroup, patch: GroupPatch): MachineGroupDefinition {
  const merged = mergePatch(withoutTimes(group), patch) as Partial<MachineGroupDefinition>;
  const attribute: Partial<GroupAttribute> = merged.groupAttribute ?? {};
  return {
    ...(merged as MachineGroupDefinition),
    groupType: merged.groupType ?? '',
    groupAttribute: {
      ...attribute,
      groupTopic: attribute.groupTopic ?? '',
      externalName: attribute.externalName ?? '',
    },
  };
}

/** RFC 7396, section 2, on JSON values. Neither argument is changed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  // Unlike an assignment this makes a field of "__proto__" too.
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
