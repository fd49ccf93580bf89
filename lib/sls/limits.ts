// Figures of the SLS API. Each stands here once, with the page it comes from.

/** Value of `x-log-apiversion` (Common request headers). */
export const API_VERSION = '0.6.0';

/** Largest body we send or take, in bytes: the documented ceiling of `x-log-bodyrawsize`. */
export const BODY_MAX_BYTES = 3_145_728;

/** Most members of a request: more of the shortest address, `"1.1.1.1",`, do not fit into its body. */
export const MEMBERS_MAX = Math.floor(BODY_MAX_BYTES / 10);

/** Largest answer we read, in bytes: the service's own limit for bodies (Common error codes, 413). */
export const ANSWER_MAX_BYTES = 10_485_760;

/** Most entries of a list in an answer: more of the shortest text, `"",`, do not fit into it. */
export const ANSWER_ENTRIES_MAX = Math.floor(ANSWER_MAX_BYTES / 3);

/** Most rows of a listing in one answer (ListMachineGroup and ListMachines pages). */
export const PAGE_MAX = 500;

/** Greatest `offset`: it is documented as an int, which clients hold in 32 bits. */
export const OFFSET_MAX = 2 ** 31 - 1;
