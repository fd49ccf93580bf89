// Filters of DescribeInstances: as the service takes them, and what they select, so that one reading of a region serves
// many of them. Names whose meaning is not settled by an instance's own fields are left to the service.
// Source: DescribeInstances page, and "filtering" in the EC2 User Guide.

import { carrying } from '../../by-tag.ts';
import type { Ec2Filter, Ec2Instance } from './api.ts';
import type { Ec2Source } from './settings.ts';

/** Values hold as EC2 filters hold them: any of several values, `*` and `?` as wildcards, `\` before one that is meant. */
export function filtersOf({ tags, filters }: Pick<Ec2Source, 'tags' | 'filters'>): Ec2Filter[] {
  const entries = [
    ...Object.entries(tags).map(([key, value]) => [`tag:${key}`, value] as const),
    ...Object.entries(filters),
  ];
  return entries.map(([Name, value]) => ({ Name, Values: typeof value === 'string' ? [value] : [...value] }));
}

export function tagOf({ Tags = [] }: Ec2Instance, key: string): string | undefined {
  return Tags.find((tag) => tag.Key === key)?.Value;
}

/** What an instance has for the filter of a name; none of the values is no match. */
const FIELDS: Readonly<Record<string, (instance: Ec2Instance) => readonly (string | undefined)[]>> = {
  'instance-id': ({ InstanceId }) => [InstanceId],
  'instance-type': ({ InstanceType }) => [InstanceType],
  'image-id': ({ ImageId }) => [ImageId],
  'vpc-id': ({ VpcId }) => [VpcId],
  'subnet-id': ({ SubnetId }) => [SubnetId],
  'availability-zone': ({ Placement }) => [Placement?.AvailabilityZone],
  'instance.group-id': ({ SecurityGroups = [] }) => SecurityGroups.map(({ GroupId }) => GroupId),
  'tag-key': ({ Tags = [] }) => Tags.map(({ Key }) => Key),
};
const TAG = 'tag:';

/** Whether all of the filters can be told from what an instance's description holds. */
export function areSelectable(filters: readonly Ec2Filter[]): boolean {
  const names = filters.map(({ Name }) => Name);
  return (
    // What one name twice means is not documented.
    new Set(names).size === names.length &&
    names.every((name) => name.startsWith(TAG) || Object.hasOwn(FIELDS, name))
  );
}

/**
 * The instances that the service would answer with. Amazon documents `?` as exactly one character in one place and as at
 * most one in another: where that makes a difference to these instances, nothing is selected.
 * @returns undefined where only the service can tell
 */
export function select(
  instances: readonly Ec2Instance[],
  filters: readonly Ec2Filter[],
): readonly Ec2Instance[] | undefined {
  const exactly = selectWith(instances, filters, false);
  if (!filters.some(({ Values }) => Values.some((value) => value.includes('?')))) return exactly;
  return selectWith(instances, filters, true).length === exactly.length ? exactly : undefined;
}

function selectWith(
  instances: readonly Ec2Instance[],
  filters: readonly Ec2Filter[],
  isOptional: boolean,
): readonly Ec2Instance[] {
  const plain = filters.find(({ Name, Values }) => Name.startsWith(TAG) && Values.every(isPlain));
  const among = plain ? carrying(instances, plain.Name.slice(TAG.length), plain.Values, tagOf) : instances;
  const rest = filters.filter((filter) => filter !== plain);
  if (rest.length === 0) return among;
  const tests = rest.map((filter) => testOf(filter, isOptional));
  return among.filter((instance) => tests.every((fits) => fits(instance)));
}

function testOf({ Name, Values }: Ec2Filter, isOptional: boolean): (instance: Ec2Instance) => boolean {
  const patterns = Values.map((value) => patternOf(value, isOptional));
  const fits = (text: string | undefined) => text !== undefined && patterns.some((pattern) => pattern(text));
  if (Name.startsWith(TAG)) {
    const key = Name.slice(TAG.length);
    return (instance) => fits(tagOf(instance, key));
  }
  const fieldsOf = FIELDS[Name];
  return (instance) => fieldsOf?.(instance).some(fits) === true;
}

const isPlain = (value: string): boolean => !/[*?\\]/.test(value);

/**
 * By all places of the pattern that the text may have come to, and not by a regular expression: with some of those, a tag
 * takes for ever.
 */
function patternOf(value: string, isOptional: boolean): (text: string) => boolean {
  if (isPlain(value)) return (text) => text === value;
  const parts = value.match(/\\[\s\S]|[\s\S]/gu) ?? [];
  const literals = parts.map((part) => (part.length > 1 && part.startsWith('\\') ? part.slice(1) : part));
  const isPassed = (at: number) => parts[at] === '*' || (isOptional && parts[at] === '?');
  const add = (places: Set<number>, from: number) => {
    for (let at = from; ; at += 1) {
      places.add(at);
      if (!isPassed(at)) return;
    }
  };
  return (text) => {
    let places = new Set<number>();
    add(places, 0);
    for (const character of text) {
      const next = new Set<number>();
      for (const at of places) {
        if (parts[at] === '*') add(next, at);
        else if (parts[at] === '?' || literals[at] === character) add(next, at + 1);
      }
      places = next;
    }
    return places.has(parts.length);
  };
}
