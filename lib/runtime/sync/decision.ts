// What a request wants to know of one group: its decision, made as for a plan.
import type { Decision } from '../../core/plan/decide.ts';
import { SlsError } from '../../sls/errors.ts';
import * as problems from '../documentation/problems.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import { type Problem, ProblemError, problemOf } from '../http/errors.ts';
import { configProblems, loadConfig, notConfigured } from './configured.ts';
import { expand, makersOf } from './families.ts';
import { decideGroup, restOf } from './reconcile.ts';
import { errorReport } from './told.ts';
import type { SyncRuntime } from './wire.ts';

/**
 * @param key `project/name`
 * @param due when it has to be over, in milliseconds since the epoch
 * @throws ProblemError where the configuration has no such group, or the inventory cannot be read; SlsError
 */
export async function decisionOf(runtime: SyncRuntime, key: string, due: number): Promise<Decision> {
  const document = await loadConfig(runtime);
  const makers = makersOf(key, document);
  const own = document.groups.filter((candidate) => candidate.key === key);
  if (own.length + makers.length === 0) throw notConfigured([key], document);
  const ports = runtime.ports('plan', due, [...own, ...makers.map(({ family }) => family)]);
  const { config, failed } = await expand(document, makers, ports);
  const group = config.groups.find((candidate) => candidate.key === key);
  if (!group) {
    const [reason] = failed.values();
    throw reason === undefined ? notConfigured([key], document) : unreadable(reason);
  }
  const decided = await decideGroup(group, restOf(config.groups, [group]), ports);
  if (decided.state === 'decided') return decided.decision;
  throw unreadable(decided.reason);
}

/** What SLS says is passed on as such; what an inventory says is a fault behind us. */
export function unreadable(reason: unknown): Error {
  return reason instanceof SlsError ? reason : inventoryUnreadable(errorReport(reason).message);
}

const inventoryUnreadable = (message: string) => new ProblemError(502, 'InventoryUnreadable', message);

export function unreadableProblem(): Problem {
  return problemOf(inventoryUnreadable('the inventory could not be read'));
}

/** For the OpenAPI document. */
export function decisionProblems(): Problem[] {
  return [
    problemOf(notConfigured([GROUP_KEY])),
    ...problems.documented('GetMachineGroup').filter(({ code }) => !code.endsWith('GroupNotExist')),
    unreadableProblem(),
    ...configProblems(),
    ...problems.fromOutside('GetMachineGroup'),
  ];
}
