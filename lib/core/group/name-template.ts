// Names made of values: `{team}-{role}`. What a template could make can be told without knowing the values.

/** A name with a placeholder for each of some values. */
export interface NameTemplate {
  /** Literal texts: before the first placeholder, between each two, and after the last. */
  readonly literals: readonly string[];
  /** Names of the placeholders, in order; one fewer than there are literals. */
  readonly placeholders: readonly string[];
}

/** A placeholder's name, as it stands between braces. */
export const PLACEHOLDER = /^[a-zA-Z][a-zA-Z0-9_]{0,31}$/;

/** @returns undefined where a brace stands alone, or around what is no name of a placeholder */
export function parseTemplate(text: string): NameTemplate | undefined {
  const parts = text.split(/\{([^{}]*)\}/);
  const literals = parts.filter((_, index) => index % 2 === 0);
  const placeholders = parts.filter((_, index) => index % 2 === 1);
  if (literals.some((literal) => /[{}]/.test(literal))) return undefined;
  return placeholders.every((name) => PLACEHOLDER.test(name)) ? { literals, placeholders } : undefined;
}

export function nameFrom(
  { literals, placeholders }: NameTemplate,
  valueFor: (placeholder: string) => string,
): string {
  return literals
    .map((literal, index) => (index === 0 ? '' : valueFor(placeholders[index - 1] ?? '')) + literal)
    .join('');
}

/** Whether some values, none of them empty, make the name. */
export function couldMake({ literals }: NameTemplate, name: string): boolean {
  const [first = '', ...others] = literals;
  const last = others.pop() ?? '';
  if (!name.startsWith(first)) return false;
  let at = first.length;
  // The earliest place of each leaves the most for those after it.
  for (const literal of others) {
    const found = name.indexOf(literal, at + 1);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return name.length - last.length > at && name.endsWith(last);
}

/** Whether two templates could make the same name: what they begin and end with does not tell them apart. */
export function couldMakeTheSame(one: NameTemplate, other: NameTemplate): boolean {
  const [a = '', b = ''] = [one.literals[0], other.literals[0]];
  const [y = '', z = ''] = [one.literals.at(-1), other.literals.at(-1)];
  return (a.startsWith(b) || b.startsWith(a)) && (y.endsWith(z) || z.endsWith(y));
}
