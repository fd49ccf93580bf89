// What a measurement of many groups is made of: groups of 100 machines that select from documents of an Ansible inventory, each
// of a thousand groups.
import { machinesOf, nameOf } from './options.ts';

export interface ScaleOptions {
  readonly groups: number;
  /** Machines that each group is to have. */
  readonly machines: number;
  /** Milliseconds that SLS and the inventory take for an answer. */
  readonly latencyMs: number;
  /** Share of the groups that one machine is new in. */
  readonly changedShare: number;
}

/** Groups of one document. */
export const GROUPS_A_DOCUMENT = 1_000;

export const documentsOf = ({ groups }: Pick<ScaleOptions, 'groups'>): number =>
  Math.ceil(groups / GROUPS_A_DOCUMENT);

export const documentOf = (group: number): number => Math.floor(group / GROUPS_A_DOCUMENT);

/** The groups that one machine is new in, spread over all of them. */
export const isChanged = (group: number, { changedShare }: Pick<ScaleOptions, 'changedShare'>): boolean =>
  changedShare > 0 && group % Math.round(1 / changedShare) === 0;

/** As `ansible-inventory --list` has it: hosts that are named by their addresses, without variables. */
export function ansibleDocument(document: number, { groups, machines }: ScaleOptions): object {
  const first = document * GROUPS_A_DOCUMENT;
  const names = Array.from({ length: Math.min(GROUPS_A_DOCUMENT, groups - first) }, (_, n) => first + n);
  return {
    _meta: { hostvars: {} },
    ...Object.fromEntries(names.map((group) => [nameOf(group), { hosts: machinesOf(group, machines) }])),
  };
}
