// Times as a status tells them.

/** ISO 8601. @param ms since the epoch */
export const timeOf = (ms: number): string => new Date(ms).toISOString();
