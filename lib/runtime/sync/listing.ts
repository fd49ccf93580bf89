// What the second witness says: ListMachines of a group, or why nothing is heard.

import type { GroupConfig } from '../../core/config/config.ts';
import type { Listing } from '../../core/removal/listing.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import { errorReport } from './told.ts';

type Heard =
  | Extract<Listing, { state: 'read' }>
  | (Extract<Listing, { state: 'deaf' }> & { cause?: unknown });

const deaf = (says: string, cause?: unknown) => ({ state: 'deaf', says, cause }) as const;

/** Never rejects: a listing that cannot be read proves nothing, and the run goes on. */
export async function readListing(
  group: Pick<GroupConfig, 'project' | 'name' | 'safety'>,
  sls: SlsClient,
): Promise<Listing> {
  const { heartbeats } = group.safety;
  if (heartbeats === 'ignore')
    return { state: 'deaf', says: 'heartbeats are ignored, as the configuration says' };
  const heard = await hearMachines(group, sls);
  return heard.state === 'read' ? heard : { state: 'deaf', says: heard.says };
}

/** Never rejects. The cause of silence is the error, where there was one. */
export async function hearMachines(
  { project, name }: Pick<GroupConfig, 'project' | 'name'>,
  sls: SlsClient,
): Promise<Heard> {
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
        error,
      );
    }
    return deaf(`ListMachines failed (${errorReport(error).message})`, error);
  }
}
