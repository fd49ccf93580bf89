// Which groups go to one worker: those that read the same inventory together, so that it is read as seldom as can be.

import { type Asker, BATCH_GROUPS, type Batch, messageGroupId } from './work.ts';

interface Keyed {
  readonly key: string;
}

/**
 * The groups of a document in parts of {@link BATCH_GROUPS} at the most, those that read the same beside each other. It is
 * the same for the same document, so that all work on a group has one message group, whichever of them a run is about.
 * @param readsOf keys of what a group reads
 */
export function partsOf<G extends Keyed>(
  document: readonly G[],
  readsOf: (group: G) => readonly string[],
  size = BATCH_GROUPS,
): readonly (readonly G[])[] {
  const sorted = document
    .map((group) => ({ group, reads: readsOf(group).join('\n') }))
    // Stable: groups of one inventory stay in the order of the document.
    .sort((one, other) => (one.reads < other.reads ? -1 : one.reads > other.reads ? 1 : 0))
    .map(({ group }) => group);
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, part) =>
    sorted.slice(part * size, (part + 1) * size),
  );
}

/**
 * The groups of a run as batches, each of one part and for one asker. What is in no part goes alone: a family has as many
 * groups as a part.
 */
export function batchesOf(
  parts: readonly (readonly Keyed[])[],
  groups: readonly Keyed[],
  askerOf: (group: string) => Asker,
): readonly Batch[] {
  const wanted = new Set(groups.map(({ key }) => key));
  const placed = new Set(parts.flatMap((part) => part.map(({ key }) => key)));
  const alone = [...wanted].filter((key) => !placed.has(key));
  const together = parts.flatMap((part, index) => {
    const keys = part.flatMap(({ key }) => (wanted.has(key) ? key : []));
    return [...Map.groupBy(keys, askerOf)].map(([asked, own]) => ({
      id: `part-${index}`,
      groups: own,
      asked,
    }));
  });
  return [
    ...together,
    ...alone.map((key) => ({ id: messageGroupId(key), groups: [key], asked: askerOf(key) })),
  ];
}
