// Every figure of time: what it is, why, and which follows from which. Units stand in the names. Patience with removals
// is no timeout: see removal/settings.ts. serverless.yml repeats some of these; a test compares them.

/** A figure that a setting may change: its default, the least and the most. */
type Adjustable = readonly [fallback: number, least: number, most: number];

// Functions

/** HTTP APIs give up on an integration after this, and nobody can raise it (API Gateway quotas page). */
export const GATEWAY_MS = 30_000;
// Apart from the list below, which bundles would have to keep if others were made from its fields.
const SYNC_GROUP_SECONDS = 120;
const SYNC_SECONDS = 900;
/** Timeouts in serverless.yml. An HTTP function ends before the gateway does, so that it is the one that answers. */
export const FUNCTION_SECONDS = {
  http: 29,
  /** Short: the next message of a group waits for the visibility of one that failed. */
  syncGroup: SYNC_GROUP_SECONDS,
  /** The most that Lambda gives (quotas page). */
  syncFromInventory: SYNC_SECONDS,
} as const;
/** Longest window in which Lambda gathers records (SQS event source page). */
export const BATCH_WINDOW_SECONDS_MAX = 300;
/** How long a queue hides a message: six times the function's timeout and the window (Lambda's page on SQS). */
export const VISIBILITY_SECONDS = {
  inventory: 6 * SYNC_SECONDS + BATCH_WINDOW_SECONDS_MAX,
  work: 6 * SYNC_GROUP_SECONDS,
} as const;
/** Kept back from Lambda's own deadline to answer a request in. */
export const ANSWER_MARGIN_MS = 500;
/** The same for an event, where a report goes to the log, to CloudWatch and to SNS. */
export const REPORT_MARGIN_MS = 5_000;

// Calls to SLS

/** One attempt. Five of them fit into a call. */
export const SLS_ATTEMPT_MS: Adjustable = [5_000, 100, 60_000];
/**
 * A call with all attempts and waits. Beside it an HTTP function has time for one try to read its secret and for the
 * answer. It is also what a request may take that nobody names a time for.
 */
export const SLS_CALL_MS: Adjustable = [25_000, 100, 1_000 * SYNC_SECONDS];
/** Waits between attempts: up to the first figure, doubled with each failure, up to the second. */
export const RETRY_BASE_MS = 200;
export const RETRY_CEILING_MS = 5_000;
/** Least wait after `MetaOperationQpsLimitExceeded`: what its users found to work. */
export const THROTTLE_PAUSE_MS = 3_000;
/** Waits before each further read back: the service may show a write a little late. */
export const READ_BACK_PAUSES_MS: readonly number[] = [500, 1_000, 2_000];

// Calls to AWS

/** SDK clients. A function that waits for long is paid for, and the next run tries again. */
export const AWS_CLIENT_MS = { connectionTimeout: 2_000, requestTimeout: 15_000 } as const;
/** The client of secrets: requests to an HTTP function wait for it. */
export const SECRET_CLIENT_MS = { connectionTimeout: 1_000, requestTimeout: 3_000 } as const;
/** Session of a role in another account: the shortest that STS gives. It serves one reading. */
export const ROLE_SESSION_SECONDS = 900;

// Inventories and the configuration

/** The whole read of an `http` source. */
export const HTTP_SOURCE_MS: Adjustable = [10_000, 100, 120_000];
/** The whole read of a `file` source, which may be an object of 64 MiB. */
export const FILE_SOURCE_MS = 30_000;
/** The document of the configuration: 4 MiB at most. */
export const CONFIG_READ_MS = 10_000;

// What is kept in memory, and for how long

/** The AccessKey, and how much longer while Secrets Manager cannot be reached. */
export const ACCESS_KEY_TTL_SECONDS: Adjustable = [300, 1, 86_400];
export const ACCESS_KEY_STALE_SECONDS: Adjustable = [3_600, 0, 86_400];
/** The same for keys of hooks: a removed key is still accepted this long. */
export const HOOK_KEYS_TTL_MS = 300_000;
export const HOOK_KEYS_STALE_MS = 3_600_000;
/** Between two reads of a hook's secret at least: anybody may send a request that no key has signed. */
export const HOOK_KEYS_SPACING_MS = 10_000;
/** The configuration, for hooks alone: a run reads it anew. */
export const HOOK_CONFIG_TTL_MS = 60_000;
export const HOOK_CONFIG_STALE_MS = 3_600_000;
/** Between two reads of it at least, also while it cannot be read. */
export const HOOK_CONFIG_SPACING_MS = 5_000;
/** While an old value is served, a new load is tried no more often than this. */
export const RELOAD_SPACING_MS = 10_000;
/** `Retry-After` of an answer that says that the secret could not be read: the same in seconds. */
export const SECRET_RETRY_SECONDS = RELOAD_SPACING_MS / 1_000;

// The memory, and the lease of whoever writes a group

/** Reading it for a run, which has other things to do. */
export const MEMORY_READ_MS = 10_000;
/** First and longest wait before keys that DynamoDB did not process are asked for again. */
export const UNPROCESSED_PAUSES_MS = [50, 2_000] as const;
/** How long a lease lasts: the longest write with its repeats and its reading back. */
export const LEASE_MS = 120_000;
/** After its end until somebody else may take it: more than clocks are apart. */
export const LEASE_GRACE_MS = 10_000;
/** What has to be left of a lease when an attempt to write starts: an attempt and what the network may hold. */
export const LEASE_ATTEMPT_MS = 10_000;
/** Waiting for the memory when a lease is taken, and at least when it is given back. */
export const LEASE_TAKE_MS = 10_000;
export const LEASE_RELEASE_MS = 2_000;
/** One call of those: after a write without an answer there is time to read, and to write once more. */
export const LEASE_TRY_MS = 3_000;
/** A request waits this long for whoever writes the group, and looks this often. */
export const LEASE_WAIT_MS = 5_000;
export const LEASE_WAIT_PAUSE_MS = 250;

// What counts as current

/**
 * A hook's request may be this much older or newer than now, both ends included. A FIFO queue knows a message again for
 * as long (SendMessage page, MessageDeduplicationId): what is older could be run twice.
 */
export const HOOK_WINDOW_MS = 300_000;
/** A process knows its hand-overs for longer than the queue: a request from a clock that is ahead may come for so long. */
export const HOOK_MEMORY_MS = 2 * HOOK_WINDOW_MS;
/** A machine whose last heartbeat is older is stale. At most 30 days. */
export const HEARTBEAT_STALE_SECONDS: Adjustable = [300, 1, 2_592_000];
