// What instances of any cloud, taken together, may say against a reading.

import { type Collector, collisions, doubtSome, nameSome, shownName } from './found.ts';

const PLACES_SHOWN = 4;

/** SLS documents that Windows and Linux machines must not share a group. */
export function doubtMixedPlatforms(
  ids: readonly string[],
  isWindows: (id: string) => boolean,
  into: Collector,
): void {
  const windows = ids.filter(isWindows);
  const others = ids.length - windows.length;
  if (windows.length === 0 || others === 0) return;
  into.doubt(
    `${windows.length} Windows and ${others} Linux instances, which must not share a group; select by platform. Windows: ${nameSome(windows)}`,
  );
}

/** @param placeOf network and region of an instance, by its id */
export function doubtSharedAddresses(into: Collector, placeOf: (id: string) => string): void {
  doubtSome(into, collisions(into.found().machines), ([address, ids]) => {
    const places = ids.slice(0, PLACES_SHOWN).map((id) => `${id} in ${placeOf(id)}`);
    return `several instances have the address ${shownName(address)}, which an ip group cannot tell apart: ${places.join(', ')}`;
  });
}
