// How many of the machines that are wanted report: of one group, or of all that are configured. From the memory, with its age.
import * as z from 'zod/mini';
import { coverageReport, type KeptGroup } from '../../core/coverage/report.ts';
import { fitting } from '../../core/memory/bounds.ts';
import { groupId } from '../../core/memory/known.ts';
import { ReadError } from '../../core/reading/read-error.ts';
import { MEMORY_READ_MS } from '../../core/time/timeouts.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { memoryProblems, unreachable } from '../acks/store.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import type { ReplyOf } from '../http/answers.ts';
import { problemOf } from '../http/errors.ts';
import { placed } from '../http/input.ts';
import type { HttpFunction } from '../http/stack.ts';
import type { MemoryRuntime } from '../memory-wire.ts';
import { configLoader } from '../sync/config-document.ts';
import { configProblems, loadConfig, notConfigured } from '../sync/configured.ts';
import { seenIn, UnreadableItem } from '../sync/items.ts';

/** Bytes of an answer's groups: far below what Lambda sends. */
const BYTES_MAX = 2_000_000;

const request = z.strictObject({
  group: z
    .exactOptional(groupKeySchema)
    .check(z.describe('The group, as project/name; all that are configured if not given.')),
});

type CoverageRequest = z.output<typeof request>;

export const operation = (runtime: () => MemoryRuntime): HttpFunction<CoverageRequest> => ({
  name: 'GetCoverage',
  from: placed,
  schema: request,
  run: ({ group }, { terms }) => run(runtime(), group, terms.due),
});

async function run(
  { environment, table, now }: MemoryRuntime,
  asked: string | undefined,
  due: number,
): Promise<ReplyOf<typeof answer>> {
  const { groups } = await loadConfig({ loadConfig: configLoader(environment) });
  const keys = groups.map(({ key }) => key).filter((key) => asked === undefined || key === asked);
  if (asked !== undefined && keys.length === 0) throw notConfigured([asked], { groups });
  try {
    const items = await table.read(keys.map(groupId), Math.min(due, now() + MEMORY_READ_MS));
    const kept = keys.map((group): KeptGroup => {
      try {
        const { coverage, unmeasured } = seenIn(items.get(groupId(group))).item;
        return { group, coverage, unmeasured };
      } catch (error) {
        if (!(error instanceof UnreadableItem)) throw error;
        return { group, unmeasured: { since: now(), says: `its memory cannot be read: ${error.says}` } };
      }
    });
    return { value: coverageReport(kept, now(), (all) => fitting(all, BYTES_MAX)) };
  } catch (error) {
    throw error instanceof ReadError ? unreachable(error.message) : error;
  }
}

const figures = () => ({
  wanted: z.int().check(z.describe('Machines that the inventory wants in the group.')),
  reporting: z.int().check(z.describe('Those whose heartbeat is younger than silentAfter.')),
  silent: z.int().check(z.describe('Those that have reported here, and do not any more.')),
  never: z.int().check(z.describe('Those that have never reported here.')),
  starting: z
    .int()
    .check(z.describe('Those that have never reported here, of which as many were added in the last hours.')),
  elsewhere: z.int().check(z.describe('Those that report under another address, or in another group.')),
});

const strangers = () =>
  z.int().check(z.describe('Machines that report here and are in no inventory of the project’s groups.'));
const share = () =>
  z.optional(z.number()).check(z.describe('Of the machines that could report, those that do, 0 to 1.'));

const groupAnswer = () =>
  z
    .object({
      group: z.string(),
      at: z.optional(z.string()).check(z.describe('When it was measured. ISO 8601.')),
      ageSeconds: z.optional(z.int()),
      ...Object.fromEntries(
        Object.entries(figures()).map(([name, schema]) => [name, z.optional(schema)] as const),
      ),
      strangers: z.optional(strangers()),
      share: share(),
      whole: z
        .optional(z.boolean())
        .check(z.describe('Whether the inventory was read whole; otherwise the figures are of a part.')),
      names: z
        .optional(
          z.object({
            silent: z.array(z.string()),
            never: z.array(z.string()),
            elsewhere: z.array(z.string()),
            strangers: z.array(z.string()),
          }),
        )
        .check(z.describe('The first few of each.')),
      ids: z
        .optional(z.object({ wanted: z.int(), machines: z.int(), most: z.int() }))
        .check(
          z.describe(
            'Of a group of ids: how many are wanted, and for how many machines they speak, and one.',
          ),
        ),
      droppedSince: z
        .optional(z.string())
        .check(z.describe('Since when the share is far below what is usual. ISO 8601.')),
      unmeasured: z
        .optional(z.object({ since: z.string(), says: z.string() }))
        .check(z.describe('Since when nobody can tell, and why; figures are of before.')),
    })
    .check(z.meta({ id: 'GroupCoverage' }));

const answer = () =>
  z
    .object({
      total: z.object({
        groups: z.int(),
        unmeasured: z.int().check(z.describe('Groups that could not be measured, or have not been yet.')),
        dropped: z.int().check(z.describe('Groups whose share is far below what is usual.')),
        ...figures(),
        strangers: strangers(),
        share: share(),
      }),
      groups: z.array(groupAnswer()),
      leftOut: z.int().check(z.describe('Groups that the answer has no room for: ask for one.')),
    })
    .check(z.meta({ id: 'Coverage' }));

export const documentation = (): Route => ({
  operationId: 'getCoverage',
  method: 'GET',
  path: '/coverage',
  tag: 'sync',
  summary: 'Say how many of the wanted machines report',
  description:
    'As of the last look of the function coverage, with its age. Groups whose machines report least come first.',
  operations: [],
  request,
  answers: [{ description: 'The figures.', schema: answer() }],
  problems: [
    problems.refused('invalid request.', 'group: must be a group as project/name'),
    problemOf(notConfigured([GROUP_KEY])),
    ...configProblems(),
    problems.keptNowhere('SYNC_TABLE', 'figures of coverage'),
    ...memoryProblems(),
  ],
});
