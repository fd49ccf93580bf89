// Where connections of the sync to SLS may lead: not to addresses that an inventory may not have either. Those of the
// private networks of SLS (100.64.0.0/10) are none of them.
import type { LookupFunction } from 'node:net';
import { guardedLookup, type Resolve } from '../../inventory/egress.ts';
import type { ConnectTo } from '../../sls/endpoint.ts';

/**
 * A `lookup` that refuses a name which leads to such an address. Loopback is let through where whoever deployed the
 * function wrote it: in `connectTo`, and as `localhost`. Addresses that stand in `connectTo` are not looked up at all.
 */
export function slsLookup(resolve: Resolve, connectTo: ConnectTo | undefined): LookupFunction {
  const outside = guardedLookup(resolve, {});
  const here = guardedLookup(resolve, { allowLoopback: true });
  return (hostname, options, callback) => {
    const isHere = hostname === connectTo?.host || /(?:^|\.)localhost$/.test(hostname);
    return (isHere ? here : outside)(hostname, options, callback);
  };
}
