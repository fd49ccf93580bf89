// What the second witness says: ListMachines of a group, or why nothing is heard.

import type { GroupConfig } from '../../core/config/config.ts';
import type { Listing } from '../../core/removal/listing.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import { errorReport } from './told.ts';

const deaf = (says: string): Listing => ({ state: 'deaf', says });

/** Never rejects: a listing that cannot be read proves nothing, and the run goes on. */
export async function readListing(
  { project, name, safety }: Pick<GroupConfig, 'project' | 'name' | 'safety'>,
  sls: SlsClient,
): Promise<Listing> {
  if (safety.heartbeats === 'ignore') return deaf('heartbeats are ignored, as the configuration says');
  try {
    const { value: machines, answeredAt } = await sls.listAllMachines(project, name);
    return answeredAt === undefined
      ? deaf('the answer of ListMachines has no Date to measure heartbeats by')
      : { state: 'read', machines, answeredAt, cut: false };
  } catch (error) {
    // The group was read with the same key, so it is the permission that is missing.
    const isDenied = error instanceof SlsError && ['credentials', 'forbidden'].includes(error.kind);
    if (isDenied) {
      return deaf(
        'ListMachines was denied: grant log:ListMachines to the AccessKey in RAM, as lib/ram/sync.json does',
      );
    }
    return deaf(`ListMachines failed (${errorReport(error).message})`);
  }
}
