// Every command, once, in the order of the help.
import type { Command } from './command.ts';
import { ack, unack } from './commands/ack.ts';
import { apply } from './commands/apply.ts';
import { approvals } from './commands/approvals.ts';
import { approve } from './commands/approve.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { exportGroups } from './commands/export.ts';
import { plan } from './commands/plan.ts';
import { retire } from './commands/retire.ts';
import { revoke } from './commands/revoke.ts';
import { validate } from './commands/validate.ts';

export const COMMANDS: readonly Command[] = [
  validate,
  plan,
  explain,
  exportGroups,
  doctor,
  apply,
  approve,
  approvals,
  revoke,
  ack,
  unack,
  retire,
];
