// Settings of families: which values of an inventory make groups, what the groups are called, and how many there may be.

import * as z from 'zod/mini';
import { CONFIG_NAME, GROUP_NAME } from '../group/machine-group.ts';
import { couldMakeTheSame, type NameTemplate, PLACEHOLDER, parseTemplate } from '../group/name-template.ts';
import { listOf, mapOf } from '../text/bounded.ts';
import { allDiffer, isOneLine, wholeNumber } from '../text/fields.ts';
import { fault } from '../text/issues.ts';

export const FAMILIES_MAX = 50;
/** Groups that a project takes: 200, and 400 on request (SLS, "Basic resource limits"). */
const PROJECT_MAX = 400;
const MAX_GROUPS = 150;
const VALUES_MAX = 5;
const CONFIGS_MAX = 20;
const PLACEHOLDER_SAYS = 'a letter, then letters, digits and "_", 32 characters at the most';

const TAG = 'tag:';

export const familyName = z.string().check(
  z.maxLength(256),
  z.refine(
    (text) => (parseTemplate(text)?.placeholders.length ?? 0) > 0,
    `needs a placeholder such as {team}: ${PLACEHOLDER_SAYS}`,
  ),
  z.describe('Name of each group: text, with the values that `by` names in braces, as in {team}-{role}.'),
);

const tag = z
  .string()
  .check(
    z.regex(/^tag:.{1,128}$/su, 'tag: and the key of a tag, such as tag:team'),
    z.refine(isOneLine, 'holds control characters'),
  );

export const familyBy = mapOf(
  z.string().check(z.regex(PLACEHOLDER, PLACEHOLDER_SAYS)),
  tag,
  VALUES_MAX,
).check(z.describe('The values: placeholder to where its value is from, such as tag:team.'));

export const familyMaxGroups = z
  ._default(wholeNumber(1, PROJECT_MAX), MAX_GROUPS)
  .check(
    z.describe(
      'Most groups that it keeps, those of values that vanished included. A project of SLS takes 200 groups unless raised.',
    ),
  );

export const familyConfigs = z
  ._default(
    listOf(z.string().check(z.regex(CONFIG_NAME.pattern, CONFIG_NAME.says)), CONFIGS_MAX).check(
      z.refine(allDiffer, 'names a config twice'),
    ),
    [],
  )
  .check(z.describe('Logtail configs that are applied to each group that it makes.'));

/** Keys of tags by the names of their placeholders. */
export function tagKeysOf(by: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(by).map(([name, from]) => [name, from.slice(TAG.length)]));
}

interface Family {
  readonly project: string;
  readonly name: string;
  readonly by: Readonly<Record<string, string>>;
}

export function checkFamily(context: z.core.ParsePayload<Family>): void {
  const { name, by } = context.value;
  const template = parseTemplate(name);
  if (template === undefined || template.placeholders.length === 0) return;
  const used = new Set(template.placeholders);
  for (const placeholder of used)
    if (!Object.hasOwn(by, placeholder)) fault(context, ['by', placeholder], 'is missing, and name has it');
  for (const given of Object.keys(by))
    if (!used.has(given))
      fault(context, ['by', given], 'is not in name, so that all of its values would make one name');
  const seen = new Map<string, string>();
  for (const [placeholder, from] of Object.entries(by)) {
    const other = seen.get(from);
    if (other !== undefined) fault(context, ['by', placeholder], `is the same tag as ${other}`);
    seen.set(from, placeholder);
  }
  if (!isPossible(template))
    fault(context, ['name'], `makes no name that SLS creates: a name has ${GROUP_NAME.says}`);
}

/** With values of one letter, or of three where that would be too short. */
function isPossible({ literals }: NameTemplate): boolean {
  const shortest = literals.join('a');
  return GROUP_NAME.pattern.test(shortest.length < 3 ? literals.join('aaa') : shortest);
}

/** Two families that could make one group would each take the other's machines out of it. */
export function checkFamilies(context: z.core.ParsePayload<{ readonly families: readonly Family[] }>): void {
  const { families } = context.value;
  const templates = families.map(({ name }) => parseTemplate(name));
  families.forEach(({ project }, index) => {
    const template = templates[index];
    const earlier = families.findIndex((other, at) => {
      const its = templates[at];
      return at < index && other.project === project && template && its && couldMakeTheSame(template, its);
    });
    if (earlier >= 0)
      fault(
        context,
        ['families', index, 'name'],
        `could make the names that families[${earlier}] makes: begin or end the two differently`,
      );
  });
}
