// Every kind of source a group can have. A new kind is one more file beside these and one more name in the list.

import * as z from 'zod/mini';
import { ec2Source } from './source/ec2.ts';
import { fileSource } from './source/file.ts';
import { httpSource } from './source/http.ts';
import { staticSource } from './source/static.ts';

/** Every kind of source. Alibaba Cloud ECS is to join here as `alibaba-ecs`. */
export const sourceSchema = z.discriminatedUnion('type', [staticSource, fileSource, ec2Source, httpSource]);

export type SourceConfig = z.output<typeof sourceSchema>;

/** How reports name a source: its place in the group's list and its kind. */
export function sourceLabel(index: number, source: Pick<SourceConfig, 'type'>): string {
  return `sources[${index}] ${source.type}`;
}
