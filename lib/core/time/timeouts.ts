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
  /** Short: the next message of a group waits for the visibility of one whose worker was killed. */
  syncGroup: SYNC_GROUP_SECONDS,
  /** The most that Lambda gives (quotas page). */
  syncFromInventory: SYNC_SECONDS,
  coverage: SYNC_SECONDS,
} as const;
/** Longest window in which Lambda gathers records (SQS event source page). */
export const BATCH_WINDOW_SECONDS_MAX = 300;
/** For Lambda to take a batch in, and to see that its function was killed. */
const HAND_OVER_SECONDS = 30;
/**
 * How long a queue hides a message: as long as it can be in a function's hands. Lambda's page on SQS advises six times the
 * timeout, for batches that are throttled; nothing throttles these two in steady state. What is hidden for longer than it
 * is worked on is late after a kill, and on the work queue blocks its group.
 */
export const VISIBILITY_SECONDS = {
  inventory: SYNC_SECONDS + BATCH_WINDOW_SECONDS_MAX + HAND_OVER_SECONDS,
  work: SYNC_GROUP_SECONDS + HAND_OVER_SECONDS,
} as const;
/**
 * Between a look that an event asked for and the one after it. EC2 shows most changes within seconds, and no figure is
 * published; with the window in which events are gathered it becomes 60 to 90 seconds.
 */
export const RECHECK_SECONDS = 60;
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
/** Session of a role in another account: the shortest that STS gives, at AWS and at Alibaba Cloud, and a whole run long. */
export const ROLE_SESSION_SECONDS = 900;

// Inventories and the configuration

/** The whole read of an `http` source. */
export const HTTP_SOURCE_MS: Adjustable = [10_000, 100, 120_000];
/** Least wait before a busy server is asked again: "at once" is no wait. */
export const HTTP_BUSY_LEAST_MS = 1_000;
/** The whole read of an `alibaba-ecs` source: time to wait for the next minute once, which is when a throttled call works again. */
export const ALIBABA_SOURCE_MS: Adjustable = [90_000, 1_000, 600_000];
/** One attempt of a call to ECS, Auto Scaling or STS. */
export const ALIBABA_ATTEMPT_MS = 10_000;
/** Calls are counted by the minute: one that was throttled works again when the next begins. */
export const ALIBABA_THROTTLED_MS = 60_000;
/** Spread of calls that were throttled together: they begin this long after the minute at most. */
export const ALIBABA_SPREAD_MS = 2_000;
/** The whole read of a `file` source, which may be an object of 64 MiB. */
export const FILE_SOURCE_MS = 30_000;
/** The document of the configuration: 4 MiB at most. */
export const CONFIG_READ_MS = 10_000;

/** What a run reads for its workers. One that takes longer is not handed to them: each of them reads for itself. */
export const HANDED_READ_MS = 120_000;
/**
 * A reading that was handed on is not used any more when it began this long ago. With the time that a worker has, it is less
 * than the least `removeAfter`: no reading puts back whom a later one has removed.
 */
export const HANDED_READING_MS = 300_000;
/** How far ahead of a worker's clock the one may be that read. */
export const HANDED_AHEAD_MS = 10_000;
/** Writing or reading one of them, which may be some MiB. */
export const HANDED_CALL_MS = 15_000;

// What is kept in memory, and for how long

/** The AccessKey, and how much longer while Secrets Manager cannot be reached. */
export const ACCESS_KEY_TTL_SECONDS: Adjustable = [300, 1, 86_400];
export const ACCESS_KEY_STALE_SECONDS: Adjustable = [3_600, 0, 86_400];
/** The same for keys of hooks: a removed key is still accepted this long. */
export const HOOK_KEYS_TTL_MS = 300_000;
export const HOOK_KEYS_STALE_MS = 3_600_000;
/** Between two reads of a hook's secret at least: anybody may send a request that no key has signed. */
export const HOOK_KEYS_SPACING_MS = 10_000;
/** Certificates by which EventBridge of Alibaba Cloud signs; and reading one. */
export const CERTIFICATE_TTL_MS = 86_400_000;
export const CERTIFICATE_STALE_MS = 86_400_000;
export const CERTIFICATE_READ_MS = 3_000;
/** The configuration, for hooks alone: a run reads it anew. */
export const HOOK_CONFIG_TTL_MS = 60_000;
export const HOOK_CONFIG_STALE_MS = 3_600_000;
/** Between two reads of it at least, also while it cannot be read. */
export const HOOK_CONFIG_SPACING_MS = 5_000;
/** While an old value is served, a new load is tried no more often than this. */
export const RELOAD_SPACING_MS = 10_000;
/** `Retry-After` of an answer that says that the secret could not be read: the same in seconds. */
export const SECRET_RETRY_SECONDS = RELOAD_SPACING_MS / 1_000;

/** Reading groups that are not in a run, where something in it may have moved there: no read begins later. */
export const ELSEWHERE_MS = 10_000;
/** How long the order stands in which they are asked: then it turns. */
export const ELSEWHERE_TURN_MS = 60_000;

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

// The history

/** Putting a record where it belongs, and handing it to the queue where that fails: nothing waits for longer than both. */
export const HISTORY_PUT_MS = 3_000;
export const HISTORY_QUEUE_MS = 2_000;
/** One attempt of the first: there is time for another. */
export const HISTORY_ATTEMPT_MS = 1_500;
/** The same where a run has used up its time: less than what an answer keeps back. */
export const HISTORY_LEAST_MS = 400;
/** Kept back from a look through it, to answer with what was found. */
export const HISTORY_READ_MARGIN_MS = 2_000;
/** How long a message is hidden: as long as the function that puts them may run, and until it is tried again. */
export const HISTORY_AGAIN_SECONDS = 300;

// What counts as current

/** How long a member has to be missing before it may go. */
export const REMOVE_AFTER_SECONDS: Adjustable = [3_600, 600, 2_592_000];
/** A heartbeat younger than this says that the machine is alive. */
export const SILENT_AFTER_SECONDS: Adjustable = [900, 300, 86_400];

/**
 * A hook's request may be this much older or newer than now, both ends included. A FIFO queue knows a message again for
 * as long (SendMessage page, MessageDeduplicationId): what is older could be run twice.
 */
export const HOOK_WINDOW_MS = 300_000;
/** The same for EventBridge of Alibaba Cloud, as its documentation has it. */
export const EVENTBRIDGE_WINDOW_MS = 60_000;
/** A process knows its hand-overs for longer than the queue: a request from a clock that is ahead may come for so long. */
export const HOOK_MEMORY_MS = 2 * HOOK_WINDOW_MS;
/** A machine whose last heartbeat is older is stale. At most 30 days. */
export const HEARTBEAT_STALE_SECONDS: Adjustable = [300, 1, 2_592_000];

// The command line

/** A run on somebody's own machine: as long as the scheduled one may take. */
export const COMMAND_RUN_MS = 1_000 * SYNC_SECONDS;
/** For an answer of the deployment, whose gateway gives up before. */
export const COMMAND_ANSWER_MS = GATEWAY_MS + 5_000;
/** For the first answer of an endpoint that nobody may reach at all. */
export const PROBE_MS = 5_000;
/** How far a clock may be off: unseen, and until SLS refuses what it signs (15 minutes; Common parameters page). */
export const CLOCK_OFF_MS = { warning: 60_000, refused: 900_000 } as const;
/** Age of an AccessKey from which it should be replaced: 90 days (RAM's security practices page). */
export const ACCESS_KEY_OLD_DAYS = 90;
export const DAY_MS = 86_400_000;
