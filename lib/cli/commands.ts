// Every command, once, in the order of the help.
import type { Command } from './command.ts';
import { ack, unack } from './commands/ack.ts';
import { apply } from './commands/apply.ts';
import { approvals } from './commands/approvals.ts';
import { approve } from './commands/approve.ts';
import { coverage } from './commands/coverage.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { exportGroups } from './commands/export.ts';
import { freeze, unfreeze } from './commands/freeze.ts';
import { history } from './commands/history.ts';
import { plan } from './commands/plan.ts';
import { restore } from './commands/restore.ts';
import { retire } from './commands/retire.ts';
import { revoke } from './commands/revoke.ts';
import { status } from './commands/status.ts';
import { validate } from './commands/validate.ts';

export const COMMANDS: readonly Command[] = [
  validate,
  plan,
  explain,
  coverage,
  status,
  exportGroups,
  doctor,
  apply,
  approve,
  approvals,
  revoke,
  ack,
  unack,
  freeze,
  unfreeze,
  history,
  restore,
  retire,
];
