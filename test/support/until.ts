// Waiting for something that this process will see by itself: by turns of the event loop, never by a time.

/** Lets what is ready to run have its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The test's own time limit ends it when the condition never comes true. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}
