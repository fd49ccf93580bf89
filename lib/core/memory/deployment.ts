// What is kept of the whole deployment: when its memory began, and what people said or have to say. And of each project: groups
// that carry a mark of ours and stand in no document.

import * as z from 'zod/mini';
import { cut } from '../text/few.ts';
import { fitting, LIST_BYTES_MAX, TEXT_MAX } from './bounds.ts';
import { type Read, readField, reading, readJson, VERSION } from './read.ts';
import { whole } from './shapes.ts';
import { type Change, changeBetween, type Fields } from './table.ts';

/** All times are milliseconds since the epoch. */
export interface DeploymentItem {
  /** When this memory began. */
  readonly epoch: number;
  readonly freezes: readonly Freeze[];
  readonly breakers: readonly OpenBreaker[];
}

/** A person's word that nothing is written: in one group, or in all. */
export interface Freeze {
  /** `project/name`, or `*`. */
  readonly group: string;
  readonly who: string;
  readonly reason: string;
  readonly until: number;
  /** When it was given; one that is over is kept without it. */
  readonly since?: number | undefined;
  /** When people were told that it ends soon. */
  readonly told?: number | undefined;
}

/** A reading that lacks too much for too many groups. */
export interface OpenBreaker {
  readonly reading: string;
  readonly since: number;
}

export interface ProjectItem {
  readonly orphans: readonly Orphan[];
  /** When the project was last looked through. */
  readonly daily?: number | undefined;
}

export interface Orphan {
  readonly group: string;
  readonly mark: string;
  readonly since: number;
}

const text = z.string();
const freezes = z.array(
  z.object({
    group: text,
    who: text,
    reason: text,
    until: whole,
    since: z.optional(whole),
    told: z.optional(whole),
  }),
);
const breakers = z.array(z.object({ reading: text, since: whole }));
const orphans = z.array(z.object({ group: text, mark: text, since: whole }));

export function newDeployment(epoch: number): DeploymentItem {
  return { epoch, freezes: [], breakers: [] };
}

export function readDeployment(fields: Fields): Read<DeploymentItem> {
  return reading(fields, (all) => ({
    epoch: readField(all, 'epoch', whole) ?? Number.POSITIVE_INFINITY,
    freezes: readJson(all, 'freezes', freezes) ?? [],
    breakers: readJson(all, 'breakers', breakers) ?? [],
  }));
}

export function deploymentFields(item: DeploymentItem): Record<string, string | number> {
  return {
    version: VERSION,
    ...(Number.isFinite(item.epoch) && { epoch: item.epoch }),
    ...list('freezes', item.freezes),
    ...list('breakers', item.breakers),
  };
}

/** Whether all of it would be stored: otherwise a person has to be told no, as nothing they said may get lost. */
export function fits({ freezes: f, breakers: b }: DeploymentItem): boolean {
  const lists: readonly (readonly object[])[] = [f, b];
  return lists.every((entries) => fitting(entries, LIST_BYTES_MAX).length === entries.length);
}

export function deploymentChange(
  before: DeploymentItem | undefined,
  after: DeploymentItem,
): Change | undefined {
  return changeBetween(before ? deploymentFields(before) : {}, deploymentFields(after));
}

/** @param fields undefined if there is no item: it then reads as an empty one */
export function readProject(fields: Fields | undefined): Read<ProjectItem> {
  if (fields === undefined) return { readable: true, item: { orphans: [] } };
  return reading(fields, (all) => ({
    orphans: readJson(all, 'orphans', orphans) ?? [],
    daily: readField(all, 'daily', whole),
  }));
}

export function projectFields({ orphans: found, daily }: ProjectItem): Record<string, string | number> {
  const told = found.map((orphan) => ({ ...orphan, mark: cut(orphan.mark, TEXT_MAX) }));
  return { version: VERSION, ...list('orphans', told), ...(daily !== undefined && { daily }) };
}

export function projectChange(before: ProjectItem | undefined, after: ProjectItem): Change | undefined {
  return changeBetween(before ? projectFields(before) : {}, projectFields(after));
}

function list(name: string, entries: readonly object[]): Record<string, string> {
  return entries.length === 0 ? {} : { [name]: JSON.stringify(fitting(entries, LIST_BYTES_MAX)) };
}
