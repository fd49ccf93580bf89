// Why a group should not be deleted. SLS itself would delete it without a word and detach its configs.
import { quoted } from '../text/issues.ts';
import { obstacleOfOwner } from './ownership.ts';

export interface DeletionObstacle {
  readonly code: 'MachineGroupInUse' | 'MachineGroupOwned';
  readonly says: string;
}

/** Names of configs beyond these are counted, not told. */
const MOST_NAMES = 5;

/**
 * @param externalName of the group
 * @param configs names of the Logtail configs that are applied to it
 * @param actsFor see `obstacleOfOwner`
 */
export function obstaclesToDelete(
  externalName: string,
  configs: readonly string[],
  actsFor: string | undefined,
): DeletionObstacle[] {
  const obstacles: DeletionObstacle[] = [];
  if (configs.length > 0) {
    const named = configs.slice(0, MOST_NAMES).map(quoted).join(', ');
    const more = configs.length - MOST_NAMES;
    const says = `Logtail configs are applied to it: ${named}${more > 0 ? ` and ${more} more` : ''}`;
    obstacles.push({ code: 'MachineGroupInUse', says });
  }
  const owned = obstacleOfOwner({ was: externalName, becomes: '' }, actsFor);
  if (owned !== undefined) obstacles.push({ code: 'MachineGroupOwned', says: owned });
  return obstacles;
}
