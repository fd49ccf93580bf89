// From packages of a stage that does not exist, the template of a release: placeholders become parameters, differences
// between packages become conditions, and the code comes from a bucket of the deployer's. Pure.
import { CHOICES, type Parameter, TEXTS } from './settings.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Fields = { readonly [key: string]: Json };

export interface Template {
  readonly Resources: Fields;
  readonly Outputs: Fields;
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Conditions: Fields;
}

/** The bucket that osls makes for what it uploads. */
const UPLOADS = /^ServerlessDeploymentBucket/;

const ARTIFACTS: Readonly<Record<string, Parameter>> = {
  ArtifactBucket: {
    Type: 'String',
    Description: 'Bucket in the region of the stack that holds the zips of the release.',
  },
  ArtifactPrefix: {
    Type: 'String',
    Default: '',
    Description: 'What the keys of the zips begin with, such as sls-machine-groups/0.1.0/.',
  },
};

/**
 * @param usual packaged with `packagedWith()`
 * @param others by choice, packaged with `packagedWith(choice)`
 * @throws Error where a choice adds or removes a resource: that is no difference that a condition of a value can make
 */
export function releaseTemplate(usual: Template, others: Readonly<Record<string, Template>>): Template {
  const variants = Object.entries(others).map(([choice, template]) => ({ choice, value: parts(template) }));
  const merged = merge(parts(usual), variants, '') as unknown as Pick<
    Template,
    'Resources' | 'Outputs' | 'Conditions'
  >;
  return {
    ...usual,
    ...merged,
    Conditions: { ...merged.Conditions, ...choiceConditions(Object.keys(others)) },
    Parameters: {
      ...ARTIFACTS,
      ...parametersOf(TEXTS),
      ...parametersOf(CHOICES),
      ...Object.fromEntries(
        Object.entries(usual.Parameters).map(([name, parameter]) => [name, { ...parameter, Default: '' }]),
      ),
    },
  };
}

function parametersOf(settings: Readonly<Record<string, { readonly parameter?: Parameter }>>) {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, { parameter }]) => (parameter ? [[name, parameter]] : [])),
  );
}

function choiceConditions(choices: readonly string[]): Fields {
  return Object.fromEntries(
    choices.map((name) => [
      conditionOf(name),
      { 'Fn::Equals': [{ Ref: name }, CHOICES[name]?.other ?? ''] } as unknown as Json,
    ]),
  );
}

const conditionOf = (choice: string) => `${choice}IsOther`;

/** What a stack is made of, with its code in the deployer's bucket. */
function parts({ Resources, Outputs, Conditions }: Template): Fields {
  const kept = (all: Fields) => Object.fromEntries(Object.entries(all).filter(([id]) => !UPLOADS.test(id)));
  return { Resources: parametrised(kept(Resources)), Outputs: parametrised(kept(Outputs)), Conditions };
}

function parametrised(value: Json): Json {
  if (typeof value === 'string') return substituted(value) ?? value;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(parametrised);
  const { S3Key } = value;
  if (typeof S3Key === 'string') {
    const file = S3Key.slice(S3Key.lastIndexOf('/') + 1);
    return { S3Bucket: { Ref: 'ArtifactBucket' }, S3Key: { 'Fn::Sub': `\${ArtifactPrefix}${file}` } };
  }
  const sub = value['Fn::Sub'];
  if (typeof sub === 'string') return substituted(sub, 'is a Sub') ?? value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, parametrised(one)]));
}

/** Undefined where no placeholder stands in it. @param isSub whether `${…}` in it means something already */
function substituted(text: string, isSub?: 'is a Sub'): Json | undefined {
  const found = Object.entries(TEXTS).filter(([, { placeholder }]) => text.includes(placeholder));
  if (found.length === 0) return undefined;
  const [[name, { placeholder, value }]] = found as [(typeof found)[0]];
  if (text === placeholder) return (value as Json | undefined) ?? { Ref: name };
  let sub = isSub ? text : text.replaceAll('${', '${!');
  for (const [one, { placeholder: what }] of found) sub = sub.replaceAll(what, `\${${one}}`);
  const values = Object.fromEntries(found.flatMap(([one, { value: is }]) => (is ? [[one, is as Json]] : [])));
  return { 'Fn::Sub': Object.keys(values).length > 0 ? [sub, values] : sub };
}

interface Variant {
  readonly choice: string;
  readonly value: Json | undefined;
}

const NONE: Json = { Ref: 'AWS::NoValue' };

/** One value, with a condition wherever a variant differs. @param path of the value, for the error */
function merge(usual: Json | undefined, variants: readonly Variant[], path: string): Json {
  const differing = variants.filter(({ value }) => JSON.stringify(value) !== JSON.stringify(usual));
  if (differing.length === 0) return usual ?? NONE;
  const all = [usual, ...differing.map(({ value }) => value)];
  if (all.every(isFields) && !all.some((one) => Object.keys(one).some((key) => /^(Fn::|Ref$)/.test(key)))) {
    const keys = new Set(all.flatMap((one) => Object.keys(one)));
    return Object.fromEntries(
      [...keys].map((key) => {
        const here = differing.map(({ choice, value }) => ({ choice, value: (value as Fields)[key] }));
        return [key, merge((usual as Fields)[key], here, `${path}.${key}`)];
      }),
    );
  }
  if (/^\.\w+(?:\.\w+)?$/.test(path)) throw new Error(`${path} is there in one package and not in another`);
  let merged = usual ?? NONE;
  for (const { choice, value } of differing)
    merged = { 'Fn::If': [conditionOf(choice), value ?? NONE, merged] };
  return merged;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
