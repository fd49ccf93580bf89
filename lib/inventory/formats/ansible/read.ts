// `ansible-inventory --list` (ansible developing_inventory.rst). A group is an object or a bare array of
// host names, children are transitive and may form a cycle, empty groups may be missing.

import * as z from 'zod/mini';
import { normaliseAddress } from '../../../core/address/address.ts';
import { counted } from '../../../core/text/counted.ts';
import { type Collector, shownName } from '../../found.ts';
import { SourceError } from '../../source.ts';
import {
  asId,
  boundEntries,
  type Format,
  JSON_ONLY,
  type MemberChoice,
  ownField,
  withoutMember,
} from '../format.ts';
import type { AnsibleSettings } from './settings.ts';
import { unwrapped, type Variables } from './value.ts';

/** Where Ansible's own default is asked for, this one follows it: a connection can go by a name. */
const DEFAULT_VARIABLE = 'ansible_host';
/** Its name before Ansible 2.0, which Ansible still reads; then what the inventory plugins of clouds set. */
const DEFAULT_VARIABLES = [DEFAULT_VARIABLE, 'ansible_ssh_host', 'private_ip_address'];

/** A script without `_meta` is asked for the variables of each host by itself (developing_inventory.rst). */
const NO_VARIABLES =
  'no "_meta" with "hostvars", so that variables of hosts are not known; an empty object there would say "none"';

const list = z.optional(z.array(z.unknown()));
const groupObject = z.object({
  hosts: list,
  children: list,
  vars: z.optional(z.record(z.string(), z.unknown())),
});
const hostVariables = z.optional(z.record(z.string(), z.unknown()));
const meta = z.object({ hostvars: z.optional(z.record(z.string(), z.unknown())) });

/** `{}`, `{"error": {}}`: what servers answer with that have no inventory. Ansible's own has "_meta" when it is empty. */
const NOTHING = 'no host and no "_meta", which an inventory without hosts has';

type Group = z.infer<typeof groupObject>;

/** What became of one host: a member, or why there is none. */
type Told = { readonly member: string } | { readonly unclear: string };

interface Inventory {
  /** By name; undefined is one that could not be read. */
  readonly groups: ReadonlyMap<string, Group | undefined>;
  /** Variables by host; undefined where the inventory leaves them to be asked for, host by host. */
  readonly hostvars: Variables | undefined;
  /** Names of groups that hold a variable which is their hosts', each with that variable. */
  readonly ofGroups: readonly (readonly [group: string, variable: string])[];
}

export function open(member: MemberChoice, settings: AnsibleSettings | undefined): Format {
  const { group, variable } = settings ?? { group: 'all', variable: DEFAULT_VARIABLE };
  const asked = variablesOf(member, variable);
  return {
    mediaTypes: JSON_ONLY,
    read: ([page], { source, into }) => {
      const { groups, hostvars, ofGroups } = inventoryOf(page.body, source);
      const hosts = select(groups, group === 'all' ? [...groups.keys()] : [group], into);
      if (group !== 'all' && !isGroup(groups, group)) {
        into.doubt(`the inventory has no group ${shownName(group)}: empty, or misspelt`);
      }
      if (hostvars === undefined && !hasHosts(groups)) into.doubt(NOTHING);
      if (asked === DEFAULT_VARIABLES) {
        doubtGroupVariables(ofGroups, into);
        if (hostvars === undefined && hosts.size > 0) into.doubt(NO_VARIABLES);
      }
      for (const host of hosts) {
        const told = tell(host, ownField(hostvars, host));
        if ('member' in told) into.machine(host, told.member);
        else into.unclear(host, told.unclear);
      }
      return `${counted(hosts.size, 'host')} of ${counted(groups.size, 'group')}`;
    },
  };

  function tell(host: string, variables: unknown): Told {
    if (member === 'name') return { member: host };
    const parsed = hostVariables.safeParse(variables);
    if (!parsed.success) return { unclear: 'its variables are not an object' };
    const vars = parsed.data ?? {};
    return member === 'address' ? addressOf(host, vars, asked) : fieldOf(vars, member);
  }
}

/** The variables that a reading looks at. */
function variablesOf(member: MemberChoice, variable: string): readonly string[] {
  if (member === 'name') return [];
  if (member !== 'address') return [member.field];
  return variable === DEFAULT_VARIABLE ? DEFAULT_VARIABLES : [variable];
}

/** Of documents that several groups select from: each is looked through once. */
const inventories = new WeakMap<object, Inventory>();

function inventoryOf(body: unknown, source: string): Inventory {
  const known = typeof body === 'object' && body !== null ? inventories.get(body) : undefined;
  if (known !== undefined) return known;
  const read = readInventory(body, source);
  inventories.set(body as object, read);
  return read;
}

function readInventory(body: unknown, source: string): Inventory {
  const document = z.record(z.string(), z.unknown()).safeParse(body);
  if (!document.success) throw new SourceError('malformed', source, 'not an object of groups');
  const { _meta, ...rest } = document.data;
  const parsedMeta = z.optional(meta).safeParse(_meta);
  if (!parsedMeta.success) throw new SourceError('malformed', source, '"_meta" does not hold host variables');
  const groups = new Map(Object.entries(rest).map(([name, value]) => [name, readGroup(value)]));
  let entries = 0;
  for (const group of groups.values())
    entries += (group?.hosts?.length ?? 0) + (group?.children?.length ?? 0);
  boundEntries(entries, source);
  const ofGroups = [...groups].flatMap(([name, group]) => {
    const found = DEFAULT_VARIABLES.find((variable) => ownField(group?.vars, variable) !== undefined);
    return found === undefined ? [] : [[name, found] as const];
  });
  return { groups, hostvars: parsedMeta.data?.hostvars, ofGroups };
}

/** An object that names none of the three is a host with its variables to Ansible, and no group of nothing. */
function readGroup(value: unknown): Group | undefined {
  if (Array.isArray(value)) return { hosts: value };
  const group = groupObject.safeParse(value).data;
  if (group === undefined) return undefined;
  const { hosts, children, vars } = group;
  const isOther = hosts === undefined && children === undefined && vars === undefined;
  return isOther && Object.keys(value as object).length > 0 ? undefined : group;
}

function hasHosts(groups: Inventory['groups']): boolean {
  return Array.from(groups.values()).some((group) => (group?.hosts?.length ?? 0) > 0);
}

/** A group has an entry or is a child of another one: empty groups need no entry. */
function isGroup(groups: Inventory['groups'], name: string): boolean {
  if (groups.has(name)) return true;
  return Array.from(groups.values()).some((group) =>
    group?.children?.some((child) => asId(unwrapped(child).value) === name),
  );
}

/** A child that has no entry is an empty group; visiting each group once ends a cycle. */
function select(groups: Inventory['groups'], roots: readonly string[], into: Collector): Set<string> {
  const hosts = new Set<string>();
  const visited = new Set<string>();
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (visited.has(name)) continue;
    visited.add(name);
    const group = groups.get(name);
    if (group === undefined) {
      if (groups.has(name)) into.unclear(name, 'not a group of hosts and children');
      continue;
    }
    for (const host of namesIn(name, 'hosts', group.hosts, into)) hosts.add(host);
    waiting.push(...namesIn(name, 'children', group.children, into));
  }
  return hosts;
}

function namesIn(
  group: string,
  field: 'hosts' | 'children',
  entries: readonly unknown[] = [],
  into: Collector,
) {
  const names: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const name = asId(unwrapped(entry).value);
    if (name !== undefined) names.push(name);
    else into.unclear(`${group}.${field}[${index}]`, 'not a name');
  }
  return names;
}

/**
 * `--export` leaves the variables of groups at the groups, where a host's own name would be taken for its address.
 * Where a variable was chosen, its hosts are unclear by themselves.
 */
function doubtGroupVariables(ofGroups: Inventory['ofGroups'], into: Collector): void {
  for (const [name, variable] of ofGroups) {
    into.doubt(
      `group ${shownName(name)} has ${variable} for its hosts, which is not read: list the inventory without --export`,
    );
  }
}

/**
 * A variable chosen by hand is the only one looked at. The default ones may hold a name (of a bastion, of DNS)
 * or be missing, which is common; then the next one, then the host's own name count if they are addresses. A
 * variable that is there and cannot be read is no missing one: what follows it is not the host's address.
 */
function addressOf(host: string, vars: Variables, asked: readonly string[]): Told {
  for (const name of asked) {
    const { value, unreadable } = unwrapped(ownField(vars, name));
    if (unreadable !== undefined) return { unclear: `${shownName(name)} ${unreadable}` };
    if (value === undefined) continue;
    if (typeof value !== 'string' || value.trim() === '') {
      return { unclear: `${shownName(name)} holds no text` };
    }
    if (normaliseAddress(value).ok) return { member: value };
  }
  if (asked === DEFAULT_VARIABLES && normaliseAddress(host).ok) return { member: host };
  return { unclear: `no address in ${shownName(asked[0] ?? '')}` };
}

function fieldOf(vars: Variables, choice: { readonly field: string }): Told {
  const { value, unreadable } = unwrapped(ownField(vars, choice.field));
  if (unreadable !== undefined) return { unclear: `${shownName(choice.field)} ${unreadable}` };
  const id = asId(value);
  return id === undefined ? { unclear: withoutMember(choice) } : { member: id };
}
