// The typed operations. Names of projects, groups and configs are data here: whoever calls has checked them.
import type { Caller } from './call.ts';
import { type ConfigCalls, configCalls } from './configs.ts';
import { type GroupCalls, groupCalls } from './groups.ts';
import { type ListingCalls, listingCalls } from './listings.ts';

export { isSameDefinition } from './groups.ts';
export type { Page, PageRequest } from './pages.ts';
export type { Answer } from './reading.ts';

/** Every machine-group operation of SLS. Each may throw what the credentials' source rejects with. */
export interface SlsClient extends GroupCalls, ListingCalls, ConfigCalls {}

export function createSlsClient(caller: Caller): SlsClient {
  return { ...groupCalls(caller), ...listingCalls(caller), ...configCalls(caller) };
}
