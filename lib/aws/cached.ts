// A value that is loaded, kept for a while, and served a little longer when it cannot be loaded again.
// One load is in flight however many callers wait; nothing here rejects without somebody listening.
import { RELOAD_SPACING_MS } from '../core/time/timeouts.ts';

export interface CachedOptions<T> {
  readonly load: () => Promise<T>;
  /** Milliseconds for which a loaded value is simply used. */
  readonly ttlMs: number;
  /** Milliseconds beyond the TTL for which it is still served when loading fails in passing. */
  readonly staleMs: number;
  /** Whether a failure will pass by itself (an outage) or says something definite (denied, deleted). */
  readonly isPassing: (error: unknown) => boolean;
  /** Milliseconds since the epoch, or any clock that only goes forward. */
  readonly now: () => number;
  /** Told of every failed load, and whether an old value was served in its place. */
  readonly onFailure?: (error: unknown, served: 'stale' | 'nothing') => void;
}

export interface Cached<T> {
  /** The value, loaded if need be. @throws whatever `load` rejects with, when there is nothing to serve. */
  get(): Promise<T>;
  /** Loads again now, or joins the load in flight. @throws whatever `load` rejects with. */
  reload(): Promise<T>;
}

export function cached<T>({ load, ttlMs, staleMs, isPassing, now, onFailure }: CachedOptions<T>): Cached<T> {
  let current: { readonly value: T; readonly loadedAt: number } | undefined;
  let inFlight: Promise<T> | undefined;
  let nextTry = Number.NEGATIVE_INFINITY;

  function reload(): Promise<T> {
    inFlight ??= load()
      .then((value) => {
        current = { value, loadedAt: now() };
        return value;
      })
      .finally(() => {
        inFlight = undefined;
      });
    return inFlight;
  }

  async function get(): Promise<T> {
    const held = current;
    const age = held ? now() - held.loadedAt : Number.POSITIVE_INFINITY;
    if (held && age < ttlMs) return held.value;
    const servable = held !== undefined && age < ttlMs + staleMs;
    if (servable && now() < nextTry) return held.value;
    try {
      return await reload();
    } catch (error) {
      const serve = servable && isPassing(error);
      onFailure?.(error, serve ? 'stale' : 'nothing');
      if (!serve) throw error;
      nextTry = now() + RELOAD_SPACING_MS;
      return held.value;
    }
  }

  return { get, reload };
}
