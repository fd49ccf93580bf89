// Where connections to SLS may lead: not to addresses that an inventory may not have either. Those of its private
// networks (100.64.0.0/10) are none of them. Loaded by the first connection: a cold start has no use for it.
import type { LookupFunction } from 'node:net';
import type { Resolve } from '../inventory/egress.ts';
import type { ConnectTo } from '../sls/endpoint.ts';

/**
 * A `lookup` that refuses a name which leads to such an address. Loopback is let through where whoever deployed the
 * function wrote it: in `connectTo`, and as `localhost`. Addresses that stand in `connectTo` are not looked up at all.
 * @param resolve the system's where absent
 */
export function slsLookup(connectTo: ConnectTo | undefined, resolve?: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    const allowLoopback = hostname === connectTo?.host || /(?:^|\.)localhost$/.test(hostname);
    import('../inventory/egress.ts').then(
      ({ guardedLookup, resolveBySystem }) =>
        guardedLookup(resolve ?? resolveBySystem, { allowLoopback })(hostname, options, callback),
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}
