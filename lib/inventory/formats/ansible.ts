// `ansible-inventory --list` (ansible developing_inventory.rst). A group is an object or a bare array of
// host names, children are transitive and may form a cycle, empty groups may be missing.

import * as z from 'zod/mini';
import { normaliseAddress } from '../../address.ts';
import { listOf } from '../../core/bounded.ts';
import { shownName } from '../found.ts';
import { SourceError } from '../source.ts';
import {
  ENTRIES_MAX,
  type Format,
  JSON_ONLY,
  type MemberChoice,
  namedMember,
  withoutMember,
} from './format.ts';

export interface AnsibleSelection {
  /** Group to take, its children included; `all` is every group. */
  readonly group: string;
  /** Host variable that holds the address. */
  readonly variable: string;
}

/** Where Ansible's own default is asked for, this one follows it: a connection can go by a name. */
const DEFAULT_VARIABLE = 'ansible_host';
const SECOND_VARIABLE = 'private_ip_address';

const names = listOf(z.string(), ENTRIES_MAX);
const groupObject = z.object({ hosts: z.optional(names), children: z.optional(names) });
const fields = z.record(z.string(), z.unknown());
const meta = z.object({ hostvars: z.optional(fields) });

interface Group {
  readonly hosts: readonly string[];
  readonly children: readonly string[];
}

type Variables = Readonly<Record<string, unknown>>;

export function ansible(member: MemberChoice, { group, variable }: AnsibleSelection): Format {
  return {
    mediaTypes: JSON_ONLY,
    read: ([page], { source, into }) => {
      const { groups, hostvars, broken } = inventoryOf(page.body, source);
      for (const name of broken) into.unclear(name, 'not a group of hosts and children');
      if (group !== 'all' && !groups.has(group)) {
        into.doubt(`the inventory has no group ${shownName(group)}: empty, or misspelt`);
      }
      const hosts = hostsOf(groups, group === 'all' ? [...groups.keys()] : [group]);
      for (const host of hosts) {
        const vars = hostvars.get(host) ?? {};
        const value =
          member === 'address' ? addressOf(host, vars, variable) : namedMember(member, host, vars);
        if (value !== undefined) into.machine(host, value);
        else
          into.unclear(
            host,
            member === 'address' ? `no address in ${shownName(variable)}` : withoutMember(member),
          );
      }
      return `${hosts.size} hosts of ${groups.size} groups`;
    },
  };
}

function inventoryOf(body: unknown, source: string) {
  const document = fields.safeParse(body);
  if (!document.success) throw new SourceError('malformed', source, 'not an object of groups');
  const { _meta, ...rest } = document.data;
  const parsedMeta = z.optional(meta).safeParse(_meta);
  const hostvars = parsedMeta.data?.hostvars ?? {};
  // One by one: of a schema for all of them, every host could be an issue.
  if (!parsedMeta.success || Object.values(hostvars).some((vars) => !fields.safeParse(vars).success))
    throw new SourceError('malformed', source, '"_meta" does not hold host variables');
  const groups = new Map<string, Group>();
  const broken: string[] = [];
  for (const [name, value] of Object.entries(rest)) {
    const group = readGroup(value);
    if (group === undefined) broken.push(name);
    else groups.set(name, group);
  }
  return { groups, broken, hostvars: new Map(Object.entries(hostvars as Record<string, Variables>)) };
}

function readGroup(value: unknown): Group | undefined {
  const bare = names.safeParse(value);
  if (bare.success) return { hosts: bare.data, children: [] };
  const group = groupObject.safeParse(value);
  return group.success ? { hosts: group.data.hosts ?? [], children: group.data.children ?? [] } : undefined;
}

/** A child that has no entry is an empty group; visiting each group once ends a cycle. */
function hostsOf(groups: ReadonlyMap<string, Group>, roots: readonly string[]): Set<string> {
  const hosts = new Set<string>();
  const visited = new Set<string>();
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (visited.has(name)) continue;
    visited.add(name);
    const group = groups.get(name);
    for (const host of group?.hosts ?? []) hosts.add(host);
    for (const child of group?.children ?? []) waiting.push(child);
  }
  return hosts;
}

/**
 * A variable chosen by hand is the only one looked at. The default one may hold a name (of a bastion, of DNS)
 * or be missing, which is common; then the private address, then the host's own name count if they are addresses.
 */
function addressOf(host: string, vars: Variables, variable: string): string | undefined {
  const candidates =
    variable === DEFAULT_VARIABLE ? [vars[variable], vars[SECOND_VARIABLE], host] : [vars[variable]];
  return candidates.find((value): value is string => typeof value === 'string' && normaliseAddress(value).ok);
}
