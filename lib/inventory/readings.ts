// What one run reads, each thing once: by what is asked, not by who asks. A failure is kept as an answer is, and what
// nobody waits for any more is given up.

import type { IdentifyType } from '../core/group/machine-group.ts';
import type { Part } from '../core/reading/part.ts';
import { ReadError } from '../core/reading/read-error.ts';

/** One source of one group of the run. */
export interface Ask {
  readonly settings: { readonly type: string };
  readonly label: string;
  readonly identify: IdentifyType;
  /** Of what is read, the machines that are asked for; all if not given. */
  readonly part?: Part | undefined;
}

export interface Closing {
  close(): void;
}

export interface Readings {
  /**
   * The run's asks for one kind of source, by the keys of what is read for them.
   * @param keysOf always the same function for the same keys: they are made once
   */
  asked<S extends Ask['settings']>(
    type: S['type'],
    keysOf: (settings: S, ask: Ask) => readonly string[],
  ): ReadonlyMap<string, readonly S[]>;
  /**
   * What is read under a key, begun by whoever asks first.
   * @param uses how many will ask: after the last of them it is kept no longer
   * @param begin its signal is aborted when everybody who waited has given up
   * @throws whatever `begin` rejects with; ReadError `aborted` once `signal` is
   */
  share<T>(
    key: string,
    uses: number,
    begin: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** A client that all who use it at one time have together, closed by the last of them. */
  using<C extends Closing, T>(
    key: string,
    open: () => Promise<C> | C,
    use: (client: C) => Promise<T>,
  ): Promise<T>;
  /** Pages read in vain of places that were not at their end then; kept by the process. */
  readonly large: Map<string, number>;
}

interface Begun {
  readonly outcome: Promise<unknown>;
  readonly stop: AbortController;
  left: number;
  waiting: number;
}

interface Opened {
  readonly client: Promise<Closing>;
  users: number;
}

/** @param isKept whether nobody knows yet how many will ask: all that is read is then kept */
export function openReadings(
  asks: readonly Ask[],
  large = new Map<string, number>(),
  isKept = false,
): Readings {
  const counted = new Map<unknown, ReadonlyMap<string, readonly Ask['settings'][]>>();
  const begun = new Map<string, Begun>();
  const opened = new Map<string, Opened>();

  return {
    large,
    asked: <S extends Ask['settings']>(
      type: S['type'],
      keysOf: (settings: S, ask: Ask) => readonly string[],
    ) => {
      let found = counted.get(keysOf);
      if (found === undefined) {
        const byKey = new Map<string, S[]>();
        for (const ask of asks) {
          if (ask.settings.type !== type) continue;
          const settings = ask.settings as S;
          for (const key of keysOf(settings, ask)) {
            const known = byKey.get(key);
            if (known === undefined) byKey.set(key, [settings]);
            else known.push(settings);
          }
        }
        found = byKey;
        counted.set(keysOf, found);
      }
      return found as ReadonlyMap<string, readonly S[]>;
    },
    share: <T>(
      key: string,
      uses: number,
      begin: (signal: AbortSignal) => Promise<T>,
      signal?: AbortSignal,
    ) => {
      const one = begun.get(key) ?? start(begin, isKept ? Number.POSITIVE_INFINITY : uses);
      one.left -= 1;
      if (one.left > 0) begun.set(key, one);
      else begun.delete(key);
      const forget = () => {
        if (begun.get(key) === one) begun.delete(key);
      };
      return waitFor(one, forget, signal) as Promise<T>;
    },
    using: async (key, open, use) => {
      const one = opened.get(key) ?? { client: Promise.resolve(open()), users: 0 };
      opened.set(key, one);
      one.users += 1;
      try {
        return await use((await one.client) as Awaited<ReturnType<typeof open>>);
      } finally {
        one.users -= 1;
        if (one.users === 0) {
          opened.delete(key);
          await one.client.then(
            (client) => client.close(),
            () => undefined,
          );
        }
      }
    },
  };
}

function start(begin: (signal: AbortSignal) => Promise<unknown>, uses: number): Begun {
  const stop = new AbortController();
  const outcome = begin(stop.signal);
  outcome.catch(() => undefined);
  return { outcome, stop, left: uses, waiting: 0 };
}

/** The last one to give up waits until the reading has stopped, so that nothing goes on when a run is over. */
function waitFor(one: Begun, forget: () => void, signal?: AbortSignal): Promise<unknown> {
  one.waiting += 1;
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      one.waiting -= 1;
      if (one.waiting > 0) {
        reject(new ReadError('aborted', 'given up', { cause: signal?.reason }));
        return;
      }
      // That somebody gave up is no answer to whoever asks later.
      forget();
      one.stop.abort(signal?.reason);
    };
    const settle = () => {
      if (!signal?.aborted) one.waiting -= 1;
      signal?.removeEventListener('abort', giveUp);
    };
    one.outcome.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error) => {
        settle();
        reject(error);
      },
    );
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}
