// Whether SLS takes what the key signs, and which actions RAM allows it, as far as reading can show.
import { type Unit, unitsOf } from '../../core/family/units.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import { OPERATIONS, type OperationName } from '../../sls/operations.ts';
import { type Finding, ok, reasonOf, warning, wrong } from './finding.ts';
import type { Patient } from './patient.ts';

/** A page of one, since only whether it is answered counts. */
const PAGE = { offset: 0, size: 1 };

interface Try {
  readonly operation: OperationName;
  /** What the sync cannot do without it; undefined where only the API needs it. */
  readonly without?: string;
  readonly call: (sls: SlsClient, project: string, group: string) => Promise<unknown>;
}

const OF_GROUP: readonly Try[] = [
  {
    operation: 'GetMachineGroup',
    without: 'no group can be synced',
    call: (sls, project, group) => sls.getMachineGroup(project, group),
  },
  {
    operation: 'ListMachines',
    without: 'nothing proves that a machine is gone',
    call: (sls, project, group) => sls.listMachines(project, group, PAGE),
  },
  {
    operation: 'GetAppliedConfigs',
    call: (sls, project, group) => sls.getAppliedConfigs(project, group),
  },
];

/** The same where groups name Logtail configs. */
const OF_BOUND_GROUP: readonly Try[] = OF_GROUP.map((one) =>
  one.operation === 'GetAppliedConfigs'
    ? { ...one, without: 'nobody sees whether the configs of groups are applied' }
    : one,
);

const LISTS: Try = {
  operation: 'ListMachineGroup',
  without: 'groups that nobody keeps are not found',
  call: (sls, project) => sls.listMachineGroups(project, {}, PAGE),
};

const WRITES: readonly OperationName[] = ['CreateMachineGroup', 'UpdateMachineGroup'];

/** One group of each project stands for the others. */
export async function* access({ settings, config, sls, due }: Patient): AsyncGenerator<Finding> {
  const firsts = new Map<string, Unit | undefined>();
  for (const group of config ? unitsOf(config) : [])
    if (!firsts.has(group.project)) firsts.set(group.project, group);
  if (firsts.size === 0 && settings.defaultProject !== undefined)
    firsts.set(settings.defaultProject, undefined);
  for (const [project, group] of firsts) {
    const client = group?.endpoint === undefined ? sls.sls : sls.slsAt(group.endpoint);
    const bound = client.with({ due });
    const isBound = config?.groups.some((one) => one.project === project && one.configs !== undefined);
    const tried = group === undefined ? [LISTS] : [LISTS, ...(isBound ? OF_BOUND_GROUP : OF_GROUP)];
    const failed = new Map<Try, unknown>();
    for (const one of tried) {
      const error = await one.call(bound, project, group?.name ?? '').then(
        () => undefined,
        (cause: unknown) => cause,
      );
      if (error === undefined || (error instanceof SlsError && error.kind === 'group-missing')) continue;
      failed.set(one, error);
      // What is wrong with the key, the way or the project is so for every call.
      if (!isForbidden(error)) break;
    }
    yield* findingsOf(project, tried, failed);
  }
}

function* findingsOf(
  project: string,
  tried: readonly Try[],
  failed: ReadonlyMap<Try, unknown>,
): Generator<Finding> {
  const other = [...failed.values()].find((error) => !isForbidden(error));
  if (other !== undefined) {
    yield wrong(`key in ${project}`, reasonOf(other), todoOf(other));
    return;
  }
  yield ok(`key in ${project}`, 'SLS takes its signature');
  for (const [{ operation, without }, error] of failed) {
    const { ramAction } = OPERATIONS[operation];
    const policy =
      operation === 'GetAppliedConfigs'
        ? 'lib/ram/bindings.json has it'
        : 'lib/ram/sync.json has all that a sync needs';
    const todo = `allow ${ramAction} in RAM; ${policy}`;
    const check = `RAM ${ramAction} in ${project}`;
    yield without === undefined
      ? warning(check, `is refused (${reasonOf(error)}); the API needs it, the sync does not`, todo)
      : wrong(check, `is refused (${reasonOf(error)}): ${without}`, todo);
  }
  const allowed = tried
    .filter((one) => !failed.has(one))
    .map(({ operation }) => OPERATIONS[operation].ramAction);
  if (allowed.length === 0) return;
  const unseen = WRITES.map((operation) => OPERATIONS[operation].ramAction).join(' and ');
  yield ok(`RAM in ${project}`, `allows ${allowed.join(', ')}; reading does not show ${unseen}`);
}

const isForbidden = (error: unknown): boolean => error instanceof SlsError && error.kind === 'forbidden';

function todoOf(error: unknown): string {
  if (!(error instanceof SlsError)) return 'see the line of the secret';
  if (error.kind === 'credentials')
    return error.code === 'SignatureNotMatch'
      ? 'the two parts of the key do not belong together, or SLS_SIGNATURE or SLS_REGION is wrong: put the key into the secret again'
      : 'SLS does not know the key, or it is disabled: put an active one into the secret';
  if (error.kind === 'project-missing') return 'compare the project with those at this endpoint';
  return error.kind === 'clock'
    ? 'set the clock of this machine by NTP'
    : 'see the lines of endpoint and clock';
}
