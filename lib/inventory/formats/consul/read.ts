// Consul's catalog (`/v1/catalog/service/:name`, `/v1/catalog/nodes`) and health (`/v1/health/service/:name`). A
// log agent sits on the node, so each node counts once. What ACLs hide shows in headers, or does not show.

import { counted } from '../../../core/text/counted.ts';
import { shapeOf } from '../../../core/text/issues.ts';
import { doubtCollisions } from '../../found.ts';
import { SourceError } from '../../source.ts';
import {
  type Asked,
  boundEntries,
  type Format,
  JSON_ONLY,
  type MemberChoice,
  namedMember,
  type Page,
  withoutMember,
} from '../format.ts';
import { secondsIn } from '../freshness.ts';
import { addressOf, instanceOf, PASSING, verdictOn } from './row.ts';
import type { ConsulSettings } from './settings.ts';

export function open(member: MemberChoice, settings: ConsulSettings | undefined, asked: Asked): Format {
  const { address, passingOnly } = settings ?? { address: 'node', passingOnly: false };
  return {
    mediaTypes: JSON_ONLY,
    revision: (page) => page.header('x-consul-index'),
    behind: (page) => {
      const milliseconds = secondsIn(page.header('x-consul-lastcontact'));
      return milliseconds === undefined ? undefined : milliseconds / 1000;
    },
    read: ([page], { source, into }) => {
      if (!Array.isArray(page.body)) {
        throw new SourceError(
          'malformed',
          source,
          `${shapeOf(page.body)} instead of a list of catalog entries`,
        );
      }
      boundEntries(page.body.length, source);
      const hidden = hiddenByAcls(page, asked);
      if (hidden !== undefined) into.doubt(hidden);
      if (page.header('x-consul-knownleader') === 'false') {
        into.doubt('the Consul server knows no leader, so its catalog may be old');
      }
      const told = new Set<string>();
      /** What to say of instances that are not in, unless another one on their node is. */
      const notIn = new Map<string, () => void>();
      for (const [index, row] of page.body.entries()) {
        const instance = instanceOf(row);
        if (instance === undefined) {
          into.unclear(`[${index}]`, 'not a catalog entry');
          continue;
        }
        const { node, meta } = instance;
        const value = member === 'address' ? addressOf(instance, address) : namedMember(member, node, meta);
        const key = JSON.stringify([node, value]);
        if (told.has(key)) continue;
        const verdict = passingOnly ? verdictOn(instance.checks) : PASSING;
        if (verdict !== PASSING) {
          const before = notIn.get(key);
          const say = () => into[verdict.clear ? 'skip' : 'unclear'](node, verdict.reason, value);
          if (before === undefined || !verdict.clear) notIn.set(key, say);
          continue;
        }
        told.add(key);
        if (value) into.machine(node, value);
        else into.unclear(node, member === 'address' ? `no ${address} address` : withoutMember(member));
      }
      for (const [key, say] of notIn) if (!told.has(key)) say();
      if (member === 'address') doubtCollisions(into, 'nodes');
      return counted(page.body.length, 'catalog entry', 'catalog entries');
    },
  };
}

/**
 * Why entries may be hidden. Consul says that ACLs left out entries (since 1.11) only to who sends a token, so that
 * the hint gives nothing away; the default policy it tells everybody, in every answer (since 1.9). An answer
 * without the policy is of an older Consul, or has lost its headers on the way, the hint among them.
 */
function hiddenByAcls({ header }: Page, asked: Asked): string | undefined {
  // What is stored has no headers: whoever stored it has to have seen everything.
  if (!/^https?:/.test(asked.url)) return undefined;
  if (header('x-consul-results-filtered-by-acls') === 'true') {
    return 'Consul left out entries that the token may not see';
  }
  const policy = header('x-consul-default-acl-policy');
  if (policy === undefined) {
    return 'Consul did not send X-Consul-Default-ACL-Policy, as it does since 1.9: it cannot be told whether entries are left out';
  }
  if (policy === 'allow' || sendsToken(asked)) return undefined;
  return 'Consul denies by default and does not say without a token what it left out: give the source a header with a token';
}

/** A token goes in a header of its own, as a bearer or, which Consul discourages, in the query. */
function sendsToken({ url, header }: Asked): boolean {
  if (new URL(url).searchParams.get('token')) return true;
  const name = header?.name.toLowerCase();
  return name === 'x-consul-token' || (name === 'authorization' && /^bearer /i.test(header?.prefix ?? ''));
}
