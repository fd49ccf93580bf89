// Opens the source that a setting describes. Each kind is loaded when the first setting asks for it, so a
// function that reads a file never loads the others. `alibaba-ecs` is to join here.

import type { SourceConfig } from '../core/config/sources.ts';
import type { IdentifyType } from '../core/group/machine-group.ts';
import type { Ec2Deps } from './ec2.ts';
import type { FileDeps } from './file.ts';
import type { HttpDeps } from './http.ts';
import type { Source } from './source.ts';

/** What the adapters reach the world through; made by whoever wires the function. */
export type SourceDeps = FileDeps & HttpDeps & Ec2Deps;

/**
 * @param label unique in its group, see `sourceLabel`
 * @param identify of the group: decides whether a machine's address or its id is the member
 */
export async function openSource(
  settings: SourceConfig,
  label: string,
  identify: IdentifyType,
  deps: SourceDeps,
): Promise<Source> {
  switch (settings.type) {
    case 'static':
      return (await import('./static.ts')).openStatic(settings, label, deps);
    case 'file':
      return (await import('./file.ts')).openFile(settings, label, identify, deps);
    case 'ec2':
      return (await import('./ec2.ts')).openEc2(settings, label, identify, deps);
    case 'http':
      return (await import('./http.ts')).openHttp(settings, label, identify, deps);
  }
}
