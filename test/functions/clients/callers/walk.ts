// What each caller does with its client, and what it learns.
export interface Site {
  readonly base: string;
  readonly projectName: string;
  /** What gets a request past the gateway. */
  readonly headers: Record<string, string>;
}

export interface Walk {
  /** What the gateway says to a request without headers. */
  readonly forbidden: string;
  /** Of the group after it was created. */
  readonly created: readonly string[];
  /** Topic after the group was read, and put as it was read but for its topic. */
  readonly put: string;
  /** Topic after a patch. */
  readonly patched: string;
  /** Members with what their heartbeats say. */
  readonly machines: readonly string[];
  readonly configs: readonly string[];
  readonly groupsOfConfig: readonly string[];
  readonly configsLeft: number;
  readonly total: number;
  /** Code of a read after the delete. */
  readonly gone: string;
  /** Status of every write. */
  readonly writes: readonly number[];
}

/** The group that is walked with, and a config that is there. */
export const NAME = 'web';
export const CONFIG = 'access-log';
