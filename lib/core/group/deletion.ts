// Why a group should not be deleted. SLS itself would delete it without a word and detach its configs.
import { quoted } from '../text/issues.ts';
import { readMark } from './owner.ts';

export interface DeletionObstacle {
  readonly code: 'MachineGroupInUse' | 'MachineGroupOwned';
  readonly says: string;
}

/** Names of configs beyond these are counted, not told. */
const MOST_NAMES = 5;

/**
 * @param externalName of the group; a group without one is nobody's
 * @param configs names of the Logtail configs that are applied to it
 * @param actsFor whom the caller says to act for: an owner's id, or an `externalName` to the letter
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
  if (externalName !== '' && !isNamedBy(externalName, actsFor)) {
    obstacles.push({ code: 'MachineGroupOwned', says: `it belongs to ${holderOf(externalName)}` });
  }
  return obstacles;
}

function isNamedBy(externalName: string, actsFor: string | undefined): boolean {
  if (actsFor === undefined) return false;
  const mark = readMark(externalName);
  return externalName === actsFor || (mark.kind === 'owner' && mark.owner === actsFor);
}

function holderOf(externalName: string): string {
  const mark = readMark(externalName);
  return mark.kind === 'owner'
    ? `the sync of the owner ${quoted(mark.owner)}`
    : `another system, which calls it ${quoted(externalName)}`;
}
