// Fields that schemas of the configuration share.

import * as z from 'zod/mini';
import { CONTROL_CHARACTER } from './rule.ts';

const MiB = 1024 * 1024;

/** Most groups of one configuration. */
export const GROUPS_MAX = 10_000;

/** Text on one line, of at least one character. */
export function text(most: number) {
  return z.string().check(z.minLength(1), z.maxLength(most), z.refine(isOneLine, 'holds control characters'));
}

export function isOneLine(value: string): boolean {
  return !CONTROL_CHARACTER.test(value);
}

export function wholeNumber(least: number, most: number) {
  return z.int().check(z.minimum(least), z.maximum(most));
}

const REGION = /^[a-z]{2,10}(?:-[a-z]{1,20}){1,3}-\d{1,2}$/;

export const region = z.string().check(z.regex(REGION, 'an AWS region such as eu-central-1'));
export const byteLimit = z
  ._default(wholeNumber(1024, 64 * MiB), 10 * MiB)
  .check(z.describe('Bytes after which reading stops with an error.'));

export function allDiffer(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
