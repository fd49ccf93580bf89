// NetBox REST lists (`/api/dcim/devices/`, `/api/virtualization/virtual-machines/`). All pages, by the
// query of `next` only: behind a proxy `next` names an internal host, and the token goes to ours alone.
// Rows that object permissions hide leave no trace in the answer: the token needs to see every object.

import * as z from 'zod/mini';
import { counted } from '../../../core/text/counted.ts';
import { doubtCollisions } from '../../found.ts';
import { SourceError } from '../../source.ts';
import {
  boundEntries,
  type Format,
  JSON_ONLY,
  type MemberChoice,
  namedMember,
  type Page,
  withoutMember,
} from '../format.ts';
import type { NetboxSettings } from './settings.ts';

/** The server caps this silently; the pages are followed whatever their size is. */
const PAGE_SIZE = '500';
/** Where a page begins and ends: what differs from page to page. */
const PLACE = new Set(['limit', 'offset', 'start']);

const envelope = z.object({
  count: z.nullable(z.number()),
  next: z.nullable(z.string()),
  results: z.array(z.unknown()),
});
const ip = z.nullish(z.object({ address: z.string() }));
const record = z.object({
  id: z.number(),
  name: z.nullish(z.string()),
  primary_ip4: ip,
  primary_ip6: ip,
  custom_fields: z.nullish(z.record(z.string(), z.unknown())),
});

export function open(member: MemberChoice, settings?: NetboxSettings): Format {
  // Never `primary_ip`: that is the IPv6 address wherever both exist, and flips when the second is added.
  const address = settings?.family === 'ipv6' ? 'primary_ip6' : 'primary_ip4';
  return {
    mediaTypes: JSON_ONLY,
    prepare: ({ searchParams }) => {
      if (!searchParams.has('limit')) searchParams.set('limit', PAGE_SIZE);
      if (['exclude', 'fields', 'brief'].every((name) => !searchParams.has(name))) {
        searchParams.set('exclude', 'config_context');
      }
      // Rows of one name have no order of their own (devices are sorted by name), so that a row could stand on
      // two pages and another on none. A cursor (`start`) is ordered by itself.
      if (!searchParams.has('ordering') && !searchParams.has('start')) searchParams.set('ordering', 'id');
    },
    next: (body, { searchParams: first }) => {
      const next = z.object({ next: z.nullable(z.string()) }).safeParse(body).data?.next;
      if (next === undefined || next === null) return undefined;
      const [link = ''] = next.split('#', 1);
      const [, search = ''] = /\?(.*)$/s.exec(link) ?? [];
      const query = new URLSearchParams(search);
      const given = new Set(query.keys());
      // A link that lost a filter or the order would lead to pages of another list.
      for (const [name, value] of first) {
        if (!PLACE.has(name) && !given.has(name)) query.append(name, value);
      }
      return `?${query}`;
    },
    read: (pages, { source, into }) => {
      const { rows, count } = rowsOf(pages, source);
      for (const [index, row] of rows.entries()) readRow(row, index);
      if (member === 'address') doubtCollisions(into, 'records');
      const total = count === null ? 'to the end of the cursor' : `of ${count} counted`;
      return `${rows.length} records ${total}, ${pages.length} pages`;

      function readRow(row: unknown, index: number) {
        const parsed = record.safeParse(row);
        if (!parsed.success) {
          into.unclear(`results[${index}]`, 'not a device or virtual machine');
          return;
        }
        const { id, name, custom_fields } = parsed.data;
        const value =
          member === 'address' ? withoutMask(parsed.data[address]) : namedMember(member, name, custom_fields);
        const label = name ? `${name} (${id})` : `${id}`;
        if (value !== undefined) into.machine(label, value);
        else into.unclear(label, member === 'address' ? `no ${address}` : withoutMember(member));
      }
    },
  };
}

/** All rows once, checked against the total that the server counted; a cursor has no total (`count: null`). */
function rowsOf(pages: readonly Page[], source: string): { rows: readonly unknown[]; count: number | null } {
  const rows = new Map<unknown, unknown>();
  let count: number | null | undefined;
  let next: string | null = null;
  for (const page of pages) {
    const parsed = envelope.safeParse(page.body);
    if (!parsed.success)
      throw new SourceError('malformed', source, 'not a page with count, next and results');
    if (count !== undefined && parsed.data.count !== count) {
      throw new SourceError(
        'changed',
        source,
        `the total changed from ${count} to ${parsed.data.count} between pages`,
      );
    }
    ({ count, next } = parsed.data);
    boundEntries(rows.size + parsed.data.results.length, source);
    for (const row of parsed.data.results) {
      const key = idOf(row) ?? row;
      const before = rows.get(key);
      // Of two readings of one record neither is to be preferred: the other may be the one that is right.
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(row))
        throw new SourceError('changed', source, `record ${String(key)} is there twice, and differs`);
      rows.set(key, row);
    }
  }
  if (next !== null) {
    const some = count === null ? '' : ` of ${count}`;
    throw new SourceError(
      'truncated',
      source,
      `${rows.size}${some} records, and "next" says that more follow`,
    );
  }
  if (typeof count === 'number' && rows.size !== count) {
    throw new SourceError('count', source, `${counted(count, 'record')} counted, ${rows.size} received`);
  }
  return { rows: Array.from(rows.values()), count: count ?? null };
}

function idOf(row: unknown): number | undefined {
  return z.object({ id: z.number() }).safeParse(row).data?.id;
}

function withoutMask(assigned: z.infer<typeof ip>): string | undefined {
  return assigned?.address.replace(/\/\d{1,3}$/, '');
}
