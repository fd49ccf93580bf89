// Everything that has to be right for a sync to work, looked at from here and one after the other.
import type { SyncConfig } from '../../core/config/config.ts';
import { counted } from '../../core/text/counted.ts';
import { COMMAND_RUN_MS } from '../../core/time/timeouts.ts';
import { ConfigError, readConfig } from '../../runtime/environment.ts';
import type { Log } from '../../runtime/log.ts';
import { createSyncRuntime } from '../../runtime/sync/wire.ts';
import { createRuntime } from '../../runtime/wire.ts';
import type { Colour, Command, Input, Io } from '../command.ts';
import { stageOf } from '../deployment.ts';
import { access } from '../doctor/access.ts';
import { endpoints } from '../doctor/endpoints.ts';
import { type Finding, ok, reasonOf, type Verdict, wrong } from '../doctor/finding.ts';
import { inventories } from '../doctor/inventories.ts';
import { memory } from '../doctor/memory.ts';
import type { Patient } from '../doctor/patient.ts';
import { secret } from '../doctor/secret.ts';
import { stack } from '../doctor/stack.ts';
import { configOf, READS, settingsOf } from '../here.ts';
import { jsonText, plainLine } from '../output.ts';

/** What goes wrong is a finding, and told once. */
const SILENT: Log = () => {};

const CHECKS = [endpoints, secret, access, memory, stack, inventories];

export const doctor: Command = {
  name: 'doctor',
  words: '',
  count: [0, 0],
  says: 'Look at clock, endpoints, key, rights, memory, queues, schedule and sources: what is wrong, what to do.',
  options: READS,
  notTaken: {
    url: 'doctor looks with your own eyes: say --stage S, or set the variables of the functions; status --url asks the deployment how its groups are',
  },
  example: 'doctor --stage prod',
  async run(input, io) {
    const findings: Finding[] = [];
    for await (const finding of examine(input, io)) {
      findings.push(finding);
      if (!input.flag('json')) io.out(lineOf(finding, io));
    }
    if (input.flag('json')) io.out(jsonText(findings));
    return findings.some(({ verdict }) => verdict === 'wrong') ? 'problems' : 'ok';
  },
};

async function* examine(input: Input, io: Io): AsyncGenerator<Finding> {
  const settings = await settingsOf(input, io);
  let patient: Omit<Patient, 'config'>;
  try {
    patient = {
      settings: readConfig(settings),
      runtime: createSyncRuntime(settings, SILENT),
      sls: createRuntime(settings, undefined, SILENT),
      stage: stageOf(input, io),
      due: io.now() + COMMAND_RUN_MS,
      io,
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield wrong('settings', error.message, 'name a deployment with --stage, or set these variables');
    return;
  }
  let config: SyncConfig | undefined;
  try {
    config = await configOf(input, settings, patient.runtime);
    yield ok(
      'configuration',
      `${counted(config.groups.length, 'group')}${familiesIn(config)} of owner ${config.owner}`,
    );
  } catch (error) {
    yield wrong(
      'configuration',
      reasonOf(error),
      'compare SYNC_CONFIG (syncConfig); validate FILE tells lines',
    );
  }
  for (const check of CHECKS) yield* check({ ...patient, config });
}

const COLOURS: Readonly<Record<Verdict, Colour>> = { ok: 'green', warning: 'yellow', wrong: 'red' };

function lineOf({ check, verdict, says, todo }: Finding, io: Io): string {
  const told = todo === undefined ? says : `${says}; ${todo}`;
  return `${io.paint(COLOURS[verdict], verdict.padEnd(8))}${plainLine(`${check}: ${told}`)}\n`;
}

function familiesIn({ families }: SyncConfig): string {
  return families.length === 0 ? '' : ` and ${families.length} families`;
}
