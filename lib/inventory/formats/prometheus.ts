// Prometheus HTTP service discovery (prometheus docs/http_sd.md): an array of target groups, the whole list
// in every answer, `[]` for "none". Ports are stripped; a host on several ports is one machine.

import * as z from 'zod/mini';
import { SourceError } from '../source.ts';
import {
  boundEntries,
  type Format,
  JSON_ONLY,
  type MemberChoice,
  namedMember,
  withoutMember,
} from './format.ts';

const targetGroup = z.object({
  targets: z.array(z.unknown()),
  labels: z.nullish(z.record(z.string(), z.unknown())),
});

export function prometheus(member: MemberChoice): Format {
  return {
    mediaTypes: JSON_ONLY,
    read: ([page], { source, into }) => {
      if (!Array.isArray(page.body))
        throw new SourceError('malformed', source, 'not an array of target groups');
      boundEntries(page.body.length, source);
      const seen = new Set<string>();
      let targets = 0;
      for (const [index, entry] of page.body.entries()) {
        const group = targetGroup.safeParse(entry);
        if (!group.success) {
          into.unclear(`[${index}]`, 'not a target group');
          continue;
        }
        boundEntries(targets + group.data.targets.length, source);
        for (const [position, target] of group.data.targets.entries()) {
          targets += 1;
          const host = typeof target === 'string' ? hostOf(target) : '';
          if (host === '') {
            into.unclear(`[${index}].targets[${position}]`, 'not a target with a host');
          } else if (!seen.has(host)) {
            seen.add(host);
            readTarget(host, group.data.labels);
          }
        }
      }
      return `${targets} targets in ${page.body.length} groups`;

      function readTarget(host: string, labels: Readonly<Record<string, unknown>> | null | undefined) {
        const value = member === 'address' ? host : namedMember(member, host, labels);
        if (value !== undefined) into.machine(host, value);
        else if (member !== 'address') into.unclear(host, withoutMember(member));
      }
    },
  };
}

/** The host of `host`, `host:port`, `[v6]:port` or a bare IPv6 address. */
export function hostOf(target: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(target.trim());
  if (bracketed) return bracketed[1] ?? '';
  return target.trim().replace(/^([^:]*):\d+$/, '$1');
}
