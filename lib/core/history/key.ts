// Names of the objects that hold records. A name says when, which run, and short digests of the groups and machines that it is
// about, so that a list of names answers which of them to read: no second index is kept. Later ones come first in the order of
// S3, as the time stands in them as what is left of it.

import type { GroupReport } from '../report/report.ts';
import { sha256 } from '../text/digest.ts';
import type { HistoryRecord } from './record.ts';

export const PREFIX = 'runs/';

/** Of 13 digits: no millisecond of the next two centuries is later. */
const END_OF_TIME = 9_999_999_999_999;
/** Hexadecimal digits of one digest: a name may be read in vain, and that is all that a chance meeting does. */
const DIGITS = 8;
/** Digests in a name, which S3 takes up to 1,024 bytes of. */
const GROUPS_MAX = 40;
const MACHINES_MAX = 60;

/** What a name says. */
export interface ObjectName {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly run: string;
  /** Whether the record may be about the group, or the machine. */
  readonly mayBeOf: (what: {
    readonly group?: string | undefined;
    readonly machine?: string | undefined;
  }) => boolean;
}

const NAME =
  /^runs\/(\d{13})-\d{8}T\d{6}Z-([A-Za-z0-9-]{1,64})\.((?:[0-9a-f]{8}){0,40})(~?)\.((?:[0-9a-f]{8}){0,60})(~?)\.json\.gz$/;

export function keyOf(record: HistoryRecord): string {
  const at = Date.parse(record.at);
  const groups = digests('group', new Set(record.changes.map(({ group }) => group)), GROUPS_MAX);
  const machines = digests('machine', machinesOf(record), MACHINES_MAX);
  const day = new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');
  return `${PREFIX}${turned(at)}-${day}-${runOf(record.run)}.${groups}.${machines}.json.gz`;
}

/** Undefined for a name that is none of ours. */
export function readKey(key: string): ObjectName | undefined {
  const [, time, run, groups, moreGroups, machines, moreMachines] = NAME.exec(key) ?? [];
  if (time === undefined || run === undefined) return undefined;
  const has = (list = '', more = '', digest: string) =>
    more !== '' ||
    Array.from({ length: list.length / DIGITS }, (_, at) => at * DIGITS).some((at) =>
      list.startsWith(digest, at),
    );
  return {
    key,
    at: END_OF_TIME - Number(time),
    run,
    mayBeOf: ({ group, machine }) =>
      (group === undefined || has(groups, moreGroups, digestOf('group', group))) &&
      (machine === undefined || has(machines, moreMachines, digestOf('machine', machine))),
  };
}

/** The run as names have it. */
export function runOf(run: string): string {
  return /^[A-Za-z0-9-]{1,64}$/.test(run) ? run : sha256(run);
}

/** Everybody who came, went, or was to. */
export function* machinesOf({
  changes,
  report,
}: Pick<HistoryRecord, 'changes'> & {
  readonly report?: { readonly groups: readonly Partial<GroupReport>[] } | undefined;
}): Iterable<string> {
  for (const { came, went } of changes) {
    yield* came;
    yield* went;
  }
  for (const { withheld = [] } of report?.groups ?? []) for (const { members } of withheld) yield* members;
}

/** As many as a name has room for, and a `~` where there are more: then the record itself has to say. */
function digests(kind: string, names: Iterable<string>, most: number): string {
  const found = new Set<string>();
  for (const name of names) {
    if (found.size === most) return '~';
    found.add(digestOf(kind, name));
  }
  return [...found].join('');
}

const digestOf = (kind: string, name: string) => sha256(`${kind} ${name}`).slice(0, DIGITS);

const turned = (at: number) =>
  String(END_OF_TIME - Math.min(Math.max(Math.round(at), 0), END_OF_TIME)).padStart(13, '0');
