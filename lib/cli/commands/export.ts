// Existing groups as a configuration, to begin with.

import pLimit from 'p-limit';
import { exported } from '../../core/config/exported.ts';
import { PROJECT_NAME } from '../../core/group/machine-group.ts';
import { OWNER_ID } from '../../core/group/owner.ts';
import { COMMAND_RUN_MS } from '../../core/time/timeouts.ts';
import { canonical } from '../../inventory/members.ts';
import { createRuntime } from '../../runtime/wire.ts';
import { type Command, UsageError } from '../command.ts';
import { STAGE } from '../deployment.ts';
import { settingsOf } from '../here.ts';
import { jsonText, noting, plainLine } from '../output.ts';

/** Groups read at a time. */
const AT_A_TIME = 8;

export const exportGroups: Command = {
  name: 'export',
  words: '',
  count: [0, 0],
  says: 'Print the groups of a project as a configuration that changes nothing, ready for sources.',
  options: {
    project: { value: 'P', says: 'The SLS project.' },
    owner: { value: 'ID', says: 'Owner to write into it; change-me if not given.' },
    ...STAGE,
  },
  notTaken: {
    url: 'export reads SLS by itself: say --stage S, or set the variables of the functions',
  },
  example: 'export --stage prod --project my-project > sync.json',
  async run(input, io) {
    const [project, owner = 'change-me'] = [input.text('project'), input.text('owner')];
    if (project === undefined) throw new UsageError('say the project, with --project');
    if (!PROJECT_NAME.pattern.test(project)) throw new UsageError(`--project must be ${PROJECT_NAME.says}`);
    if (!OWNER_ID.pattern.test(owner)) throw new UsageError(`--owner must be ${OWNER_ID.says}`);
    const runtime = createRuntime(await settingsOf(input, io), undefined, noting(io));
    const sls = runtime.sls.with({ due: io.now() + COMMAND_RUN_MS });
    io.progress(`listing ${project}`);
    const { value: names } = await sls.listAllMachineGroups(project, {});
    let read = 0;
    const groups = await pLimit(AT_A_TIME).map(names, async (name) => {
      const { value } = await sls.getMachineGroup(project, name);
      read += 1;
      io.progress(`${read} of ${names.length} groups read`);
      return value;
    });
    const { document, leftOut } = exported(project, groups, owner, canonical);
    for (const says of leftOut) io.note(plainLine(`left out: ${says}`));
    if (document) io.out(jsonText(document));
    else io.note(`${project} has no group that a configuration can have`);
    return leftOut.length === 0 && document ? 'ok' : 'problems';
  },
};
