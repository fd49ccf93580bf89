// One row of Consul's catalog or health: which addresses it has, and what its checks say.

import * as z from 'zod/mini';

const text = z.optional(z.string());
const fields = z.nullish(z.record(z.string(), z.unknown()));
const ofCatalog = z.object({
  Node: z.string(),
  Address: text,
  TaggedAddresses: fields,
  /** Metadata of the node, in a list of services and in a list of nodes. */
  NodeMeta: fields,
  Meta: fields,
  ServiceAddress: text,
  ServiceTaggedAddresses: fields,
});
const ofHealth = z.object({
  Node: z.object({ Node: z.string(), Address: text, TaggedAddresses: fields, Meta: fields }),
  Service: z.object({ Address: text, TaggedAddresses: fields }),
  Checks: z.optional(z.unknown()),
});

type Fields = z.infer<typeof fields>;

/** One row: a service on a node, or a node alone. */
export interface Instance {
  readonly node: string;
  readonly address: string | undefined;
  readonly tagged: Fields;
  readonly meta: Fields;
  /** Empty where the service has the node's. */
  readonly serviceAddress: string | undefined;
  readonly serviceTagged: Fields;
  readonly checks: unknown;
}

/** A row of either list; undefined where it is none. */
export function instanceOf(row: unknown): Instance | undefined {
  const health = ofHealth.safeParse(row).data;
  if (health !== undefined) {
    const { Node, Service, Checks } = health;
    return {
      node: Node.Node,
      address: Node.Address,
      tagged: Node.TaggedAddresses,
      meta: Node.Meta,
      serviceAddress: Service.Address ?? '',
      serviceTagged: Service.TaggedAddresses,
      checks: Checks,
    };
  }
  const entry = ofCatalog.safeParse(row).data;
  return (
    entry && {
      node: entry.Node,
      address: entry.Address,
      tagged: entry.TaggedAddresses,
      meta: entry.NodeMeta ?? entry.Meta,
      serviceAddress: entry.ServiceAddress,
      serviceTagged: entry.ServiceTaggedAddresses,
      checks: undefined,
    }
  );
}

const OF_SERVICE = 'service:';

/** @param choice `node`, `service`, a tag of the node's addresses, or `service:` and a tag of the service's */
export function addressOf(instance: Instance, choice: string): string | undefined {
  if (choice === 'node') return instance.address;
  if (choice === 'service') {
    return instance.serviceAddress === '' ? instance.address : instance.serviceAddress;
  }
  return choice.startsWith(OF_SERVICE)
    ? tagged(instance.serviceTagged, choice.slice(OF_SERVICE.length))
    : tagged(instance.tagged, choice);
}

/** A node's are texts, a service's have a port beside them. */
function tagged(addresses: Fields, tag: string): string | undefined {
  const found = addresses && Object.hasOwn(addresses, tag) ? addresses[tag] : undefined;
  const value = typeof found === 'object' && found !== null && 'Address' in found ? found.Address : found;
  return typeof value === 'string' ? value : undefined;
}

interface Verdict {
  /** Whether the checks tell for certain that the instance is left out. */
  readonly clear: boolean;
  readonly reason: string;
}

export const PASSING: Verdict = { clear: true, reason: 'passing' };
const check = z.object({ Status: z.string() });
const NOT_PASSING = new Set(['warning', 'critical', 'maintenance']);

/** As Consul's own `?passing`: every check of node and service passes. */
export function verdictOn(checks: unknown): Verdict {
  if (!Array.isArray(checks)) {
    return { clear: false, reason: 'no checks, which passingOnly needs and /v1/health/service/… has' };
  }
  const states = checks.map((given) => check.safeParse(given).data?.Status);
  const failing = states.filter((state) => state !== 'passing');
  if (failing.length === 0) return PASSING;
  const known = failing.every((state) => state !== undefined && NOT_PASSING.has(state));
  return known
    ? { clear: true, reason: `a check is ${failing[0]}, and passingOnly is set` }
    : { clear: false, reason: 'a check in a state that is not known' };
}
