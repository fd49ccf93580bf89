// The typed operations. Names of projects, groups and configs are data here: whoever calls has checked them.
import type { Caller, CallTerms } from './call.ts';
import { type ConfigCalls, configCalls } from './configs.ts';
import { type GroupCalls, groupCalls } from './groups.ts';
import { type ListingCalls, listingCalls } from './listings.ts';

/** Every machine-group operation of SLS. Each may throw what the credentials' source rejects with. */
export interface SlsClient extends GroupCalls, ListingCalls, ConfigCalls {
  /** The same client under these terms; terms that it had before stay where these name no other. */
  with(terms: CallTerms): SlsClient;
}

export function createSlsClient(caller: Caller): SlsClient {
  return {
    ...groupCalls(caller),
    ...listingCalls(caller),
    ...configCalls(caller),
    with: (terms) => createSlsClient({ ...caller, ...terms }),
  };
}
