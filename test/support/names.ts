// Names that the suites share: the project that the stand-in has unless it is told otherwise, and who owns its groups.
import { DEFAULT_PROJECT } from './standin/options.ts';

export const PROJECT = DEFAULT_PROJECT;
export const OWNER = 'test-owner';
/** What a group of that owner carries as its externalName. */
export const MARK = `sls-machine-groups/${OWNER}`;
