// Settings of one source of a group, of any kind.

import * as z from 'zod/mini';
import { SOURCES } from './kinds.ts';

type Kinds = typeof SOURCES;
export type SourceKind = keyof Kinds;
type Schema = Kinds[SourceKind]['settings'];

/** Settings by kind; each has its kind as `type`. */
export type SourceSettings = { readonly [Kind in SourceKind]: z.output<Kinds[Kind]['settings']> };
export type SourceConfig = SourceSettings[SourceKind];

export const sourceSchema = z.discriminatedUnion(
  'type',
  Object.values(SOURCES).map(({ settings }): Schema => settings) as [Schema, ...Schema[]],
);

/** Those whose records carry tags. */
export const taggedSourceSchema = z.discriminatedUnion(
  'type',
  [SOURCES.ec2.settings, SOURCES['alibaba-ecs'].settings],
  'ec2 or alibaba-ecs: records of other sources carry no tags, which tell the groups of a family apart',
);
