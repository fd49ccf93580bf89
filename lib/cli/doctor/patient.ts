// What the checks look at.
import type { SyncConfig } from '../../core/config/config.ts';
import type { Config } from '../../runtime/environment.ts';
import type { SyncRuntime } from '../../runtime/sync/wire.ts';
import type { Runtime } from '../../runtime/wire.ts';
import type { Io } from '../command.ts';

export interface Patient {
  readonly settings: Config;
  readonly runtime: SyncRuntime;
  /** Undefined where it cannot be read, which is a finding of its own. */
  readonly config: SyncConfig | undefined;
  readonly sls: Pick<Runtime, 'sls' | 'slsAt'>;
  readonly stage: string | undefined;
  readonly due: number;
  readonly io: Io;
}
