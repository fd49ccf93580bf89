// Work on groups, some at a time, projects in turn: one that SLS slows down holds no places that others could use.

export interface Turns {
  readonly atATime: number;
  /** How many of a project may be under way, as things stand; one always may. */
  readonly places: (project: string) => number;
}

interface Queue<T> {
  readonly project: string;
  readonly items: readonly T[];
  begun: number;
  underWay: number;
}

/**
 * Each item once, those of a project in their order. The project with the fewest under way is next.
 * @throws what the first work that rejects throws, when all is done
 */
export async function inTurn<T>(
  all: readonly T[],
  projectOf: (item: T) => string,
  { atATime, places }: Turns,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = new Set<Queue<T>>();
  for (const [project, items] of Map.groupBy(all, projectOf))
    waiting.add({ project, items, begun: 0, underWay: 0 });
  const failures: unknown[] = [];
  let underWay = 0;
  let wake = () => {};

  const next = (): Queue<T> | undefined => {
    let best: Queue<T> | undefined;
    for (const queue of waiting) {
      if (queue.underWay > 0 && queue.underWay >= places(queue.project)) continue;
      if (best === undefined || queue.underWay < best.underWay) best = queue;
      if (best.underWay === 0) break;
    }
    return best;
  };
  const begin = async (queue: Queue<T>): Promise<void> => {
    const item = queue.items[queue.begun] as T;
    queue.begun += 1;
    queue.underWay += 1;
    underWay += 1;
    // Behind those that have had no turn since.
    waiting.delete(queue);
    if (queue.begun < queue.items.length) waiting.add(queue);
    try {
      await work(item);
    } catch (error) {
      failures.push(error);
    }
    queue.underWay -= 1;
    underWay -= 1;
    wake();
  };

  while (waiting.size > 0 || underWay > 0) {
    const queue = underWay < atATime ? next() : undefined;
    if (queue) {
      void begin(queue);
      continue;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    await promise;
  }
  if (failures.length > 0) throw failures[0];
}
