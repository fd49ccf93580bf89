// What is long by nature: `npm test` does a smaller share of it, `npm run test:all` and CI do the whole.

const WHOLE = process.env.TEST_WHOLE === '1';

export const share = <T>(part: T, whole: T): T => (WHOLE ? whole : part);

/** For `needs`: why it is left out of `npm test`. */
export const LONG = WHOLE ? undefined : 'takes long: npm run test:all has it';
