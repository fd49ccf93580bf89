// The table of money in docs/cost.md: `node lib/build/cost-page.ts` makes it from docs/prices.json, and with the name of
// another file of prices it prints the table for those. A test keeps page and prices equal.

import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';

export const PAGE = new URL('../../docs/cost.md', import.meta.url);
export const PRICES_FILE = new URL('../../docs/prices.json', import.meta.url);
const BEGIN = '<!-- Made by `node lib/build/cost-page.ts`; edits below are lost. -->\n';
const END = '<!-- End of what is made. -->\n';

const price = z.number().check(z.minimum(0));
/** What a region charges for one of each. */
const pricesSchema = z.strictObject({
  region: z.string(),
  /** On which day these were the prices. */
  date: z.iso.date(),
  currency: z.string(),
  lambdaGbSecond: price,
  lambdaMillionRequests: price,
  dynamoMillionReadUnits: price,
  dynamoMillionWriteUnits: price,
  alarmMonth: price,
  metricMonth: price,
  secretMonth: price,
});
export type Prices = z.output<typeof pricesSchema>;

/** What 30 days take, as docs/cost.md counts it: groups that are right, a run every five minutes. */
interface Case {
  readonly says: string;
  readonly gbSeconds: number;
  readonly requests: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** Every five minutes for 30 days. */
const RUNS = 8_640;
/** Seconds at 512 MB of a run as docs/performance.md measured them; units of the table as docs/cost.md counts them. */
const CASES: readonly Case[] = [
  {
    says: '100 groups of 100 machines, in one invocation',
    ...{ gbSeconds: 1.6 * RUNS, requests: RUNS, readUnits: 101 * RUNS, writeUnits: 5 * RUNS },
  },
  {
    says: 'the same, by the queue',
    ...{ gbSeconds: 2.2 * RUNS, requests: 2 * RUNS },
    ...{ readUnits: (101 + 100) * RUNS, writeUnits: 72_000 + 5 * RUNS },
  },
  {
    says: '10 000 groups, by the queue',
    ...{ gbSeconds: 259.8 * RUNS, requests: 51 * RUNS },
    ...{ readUnits: (10_050 + 10_000) * RUNS, writeUnits: 7_200_000 + 5 * RUNS },
  },
];
/** Of a stage at the defaults. */
export const STANDING = { alarms: 7, metrics: 29, secrets: 1 };
const MILLION = 1_000_000;

/** @throws z.core.$ZodError for what is no file of prices */
export function readPrices(text: string): Prices {
  return pricesSchema.parse(JSON.parse(text));
}

/** A Markdown table. */
export function moneyTable(prices: Prices): string {
  const money = (amount: number) => `${amount.toFixed(2)} ${prices.currency}`;
  const lambda = ({ gbSeconds, requests }: Case) =>
    money(gbSeconds * prices.lambdaGbSecond + (requests / MILLION) * prices.lambdaMillionRequests);
  const table = ({ readUnits, writeUnits }: Case) =>
    money(
      (readUnits * prices.dynamoMillionReadUnits + writeUnits * prices.dynamoMillionWriteUnits) / MILLION,
    );
  const { alarms, metrics, secrets } = STANDING;
  const standing = alarms * prices.alarmMonth + metrics * prices.metricMonth + secrets * prices.secretMonth;
  return [
    `30 days at the prices of ${prices.region} on ${prices.date}:`,
    '',
    '| | Lambda | table |',
    '|---|---:|---:|',
    ...CASES.map((each) => `| ${each.says} | ${lambda(each)} | ${table(each)} |`),
    '',
    `To each comes ${money(standing)} for ${alarms} alarms, ${metrics} metrics and ${secrets} secret.`,
  ].join('\n');
}

/** The page with the table for these prices. @throws Error where it has no place for it */
export function withMoney(page: string, prices: Prices): string {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error('the page has no place for the table');
  return `${before}${BEGIN}\n${moneyTable(prices)}\n\n${END}${after}`;
}

if (import.meta.main) {
  const [, , file] = process.argv;
  const prices = readPrices(readFileSync(file ?? PRICES_FILE, 'utf8'));
  if (file === undefined) writeFileSync(PAGE, withMoney(readFileSync(PAGE, 'utf8'), prices));
  else process.stdout.write(`${moneyTable(prices)}\n`);
}
