// Where an inventory URL, and a connection to SLS, may lead. A name can be pointed anywhere by whoever runs its DNS, so
// the addresses are checked after resolution and the connection is made to a checked address: there is no second lookup
// that could answer differently.

import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { normaliseAddress } from '../core/address/address.ts';
import { type EgressPolicy, forbiddenAddress } from '../core/address/forbidden.ts';
import { type AtLeastOne, isAtLeastOne } from '../core/text/few.ts';

/** Every address of a host name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** The system's resolver. */
export const resolveBySystem: Resolve = (hostname) =>
  new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

/** A URL or an address that must not be connected to. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly code = 'EGRESS';
}

/**
 * The URL to read, after checking its scheme and, where its host is an address already, that address: the
 * platform does not look such a host up, so {@link guardedLookup} would never see it.
 * @throws {EgressError}
 */
export function checkUrl(text: string, policy: EgressPolicy): URL {
  if (!URL.canParse(text)) throw new EgressError('not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && policy.allowHttp === true)) {
    throw new EgressError(`${url.protocol}// is not allowed here`);
  }
  if (url.username !== '' || url.password !== '')
    throw new EgressError('credentials in a URL are not allowed');
  url.hash = '';
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (normaliseAddress(literal).ok) {
    const reason = forbiddenAddress(literal, policy);
    if (reason !== undefined) throw new EgressError(`${url.hostname} is refused: ${reason}`);
  }
  return url;
}

/**
 * A `lookup` for sockets that hands out checked addresses only. One forbidden address among several refuses
 * the name: an honest name does not point at a public host and at a metadata service at once.
 */
export function guardedLookup(resolve: Resolve, policy: EgressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    checkedAddresses(hostname, resolve, policy).then(
      (addresses) =>
        options.all === true
          ? callback(null, [...addresses])
          : callback(null, addresses[0].address, addresses[0].family),
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

async function checkedAddresses(
  hostname: string,
  resolve: Resolve,
  policy: EgressPolicy,
): Promise<AtLeastOne<LookupAddress>> {
  const addresses = await resolve(hostname);
  if (!isAtLeastOne(addresses)) throw new EgressError(`${hostname} has no address`);
  for (const { address } of addresses) {
    const reason = forbiddenAddress(address, policy);
    if (reason !== undefined)
      throw new EgressError(`${hostname} is refused: it resolves to ${address} (${reason})`);
  }
  return addresses;
}
