// The stand-in of SLS with one group, in a process of its own.

import { PROJECT } from '../../../support/names.ts';
import { DEFAULT_KEY, startStandIn } from '../../../support/standin/index.ts';
import { serve } from '../child.ts';
import { GROUP } from '../sample.ts';

const standIn = await startStandIn({ projects: [PROJECT], keys: [DEFAULT_KEY], requestLog: 1 });
const now = Math.floor(Date.now() / 1000);
standIn.groups(PROJECT).set(GROUP.groupName, { ...GROUP, createTime: now, lastModifyTime: now });
serve(async () => ({ port: standIn.port, endpoint: standIn.endpoint }));
