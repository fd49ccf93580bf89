// Several readings at once, none of which outlives the others.

/**
 * `Promise.all` that waits for every promise before it rejects. What goes on when a run is over would be frozen
 * with the process and wake up in the middle of another run.
 * @throws the reason of the first promise in the list that rejected
 */
export async function together<T extends readonly unknown[]>(
  promises: {
    readonly [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
}
