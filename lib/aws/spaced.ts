// A load that cannot be made to run as often as somebody asks.

/**
 * The load, begun once in `everyMs` milliseconds at most: whoever asks sooner gets the last outcome again, be it a
 * value or a failure.
 * @param now milliseconds of a clock that only goes forward
 */
export function spaced<T>(load: () => Promise<T>, everyMs: number, now: () => number): () => Promise<T> {
  let last: { readonly outcome: Promise<T>; readonly at: number } | undefined;
  return () => {
    const at = now();
    if (last === undefined || at - last.at >= everyMs) last = { outcome: load(), at };
    return last.outcome;
  };
}
