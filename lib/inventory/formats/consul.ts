// Consul catalog (`/v1/catalog/service/:name`, `/v1/catalog/nodes`). An agent sits on the node, so the
// node's address is taken, once per node. Rows hidden by an ACL show only in a response header.

import * as z from 'zod/mini';
import { mapOf } from '../../core/bounded.ts';
import { doubtCollisions } from '../found.ts';
import { SourceError } from '../source.ts';
import {
  boundEntries,
  type Format,
  JSON_ONLY,
  type MemberChoice,
  namedMember,
  withoutMember,
} from './format.ts';

/** Tagged addresses of one node; Consul makes six. */
const TAGGED_MAX = 100;

/** Which of a node's addresses is the member. `node` is the catalog's `Address`. */
export type ConsulAddress = 'node' | 'lan' | 'wan' | 'service';

const entry = z.object({
  Node: z.string(),
  Address: z.optional(z.string()),
  ServiceAddress: z.optional(z.string()),
  TaggedAddresses: z.nullish(mapOf(z.string(), z.string(), TAGGED_MAX)),
  /** Metadata of the node, in a list of services and in a list of nodes. */
  NodeMeta: z.nullish(z.record(z.string(), z.unknown())),
  Meta: z.nullish(z.record(z.string(), z.unknown())),
});

export function consul(member: MemberChoice, address: ConsulAddress = 'node'): Format {
  return {
    mediaTypes: JSON_ONLY,
    revision: (page) => page.header('x-consul-index'),
    read: ([page], { source, into }) => {
      if (!Array.isArray(page.body))
        throw new SourceError('malformed', source, 'not an array of catalog entries');
      boundEntries(page.body.length, source);
      if (page.header('x-consul-results-filtered-by-acls') === 'true') {
        into.doubt('Consul left out entries that the token may not see');
      }
      if (page.header('x-consul-knownleader') === 'false') {
        into.doubt('the Consul server knows no leader, so its catalog may be old');
      }
      const seen = new Set<string>();
      for (const [index, row] of page.body.entries()) {
        const parsed = entry.safeParse(row);
        if (!parsed.success) {
          into.unclear(`[${index}]`, 'not a catalog entry');
          continue;
        }
        const { Node, NodeMeta, Meta } = parsed.data;
        const value =
          member === 'address'
            ? addressOf(parsed.data, address)
            : namedMember(member, Node, NodeMeta ?? Meta);
        const key = JSON.stringify([Node, value]);
        if (seen.has(key)) continue;
        seen.add(key);
        if (value) into.machine(Node, value);
        else into.unclear(Node, member === 'address' ? `no ${address} address` : withoutMember(member));
      }
      if (member === 'address') doubtCollisions(into, 'nodes');
      return `${page.body.length} catalog entries`;
    },
  };
}

function addressOf(row: z.infer<typeof entry>, address: ConsulAddress): string | undefined {
  if (address === 'node') return row.Address;
  return address === 'service' ? row.ServiceAddress : row.TaggedAddresses?.[address];
}
