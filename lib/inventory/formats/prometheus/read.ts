// Prometheus HTTP service discovery (prometheus docs/http_sd.md): an array of target groups, the whole list
// in every answer, `[]` for "none". Ports are stripped; a host on several ports is one machine, unless its
// labels give it several ids.

import * as z from 'zod/mini';
import { normaliseAddress } from '../../../core/address/address.ts';
import { counted } from '../../../core/text/counted.ts';
import { SourceError } from '../../source.ts';
import {
  boundEntries,
  type Format,
  JSON_ONLY,
  type MemberChoice,
  namedMember,
  withoutMember,
} from '../format.ts';

/**
 * As Prometheus decodes it (discovery/targetgroup/targetgroup.go): `null` and an absent field are empty, and
 * any other field is refused. Without that, "target" for "targets" would be a group of no machines.
 */
const targetGroup = z.strictObject({
  targets: z.nullish(z.array(z.unknown())),
  labels: z.nullish(z.record(z.string(), z.unknown())),
});

export function open(member: MemberChoice): Format {
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
        const found = group.data.targets ?? [];
        boundEntries(targets + found.length, source);
        for (const [position, target] of found.entries()) {
          targets += 1;
          const host = typeof target === 'string' ? hostOf(target) : '';
          if (host === '') {
            into.unclear(`[${index}].targets[${position}]`, 'not a target with a host');
          } else {
            readTarget(host, group.data.labels);
          }
        }
      }
      return `${counted(targets, 'target')} in ${counted(page.body.length, 'group')}`;

      function readTarget(host: string, labels: Readonly<Record<string, unknown>> | null | undefined) {
        const value = member === 'address' ? host : namedMember(member, host, labels);
        // One target of a host may have the label that another one lacks, whichever comes first.
        const key = JSON.stringify([host, value]);
        if (seen.has(key)) return;
        seen.add(key);
        const fault = member === 'name' ? faultOf(host) : undefined;
        if (fault !== undefined) into.unclear(host, fault);
        else if (value !== undefined) into.machine(host, value);
        else if (member !== 'address') into.unclear(host, withoutMember(member));
      }
    },
  };
}

/** Why what is left of a target is no name of a host; undefined when it may be one. */
function faultOf(host: string): string | undefined {
  // Prometheus takes no target with a path; an exporter that probes URLs has them as parameters.
  if (host.includes('/')) return 'a URL or a path, not a host';
  // `web-1:`, `web-1:http` and `web-1:9100,web-2:9100` would each be a machine that nobody has.
  if (!/[\s,;:"']/.test(host) || normaliseAddress(host).ok) return undefined;
  return 'not one host, or with a port that is no number';
}

/** The host of `host`, `host:port`, `[v6]:port` or a bare IPv6 address. */
export function hostOf(target: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(target.trim());
  if (bracketed) return bracketed[1] ?? '';
  return target.trim().replace(/^([^:]*):\d+$/, '$1');
}
