// A template as CloudFormation takes it: parameters at their defaults, conditions decided, and what they leave out
// gone. References to resources stay.

export interface Template<R = unknown> {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default: string }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, R>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** @throws Error for a condition that is none of those in use */
export function settle<R>({ Parameters = {}, Conditions = {}, Resources }: Template<R>): Record<string, R> {
  const settled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(settled).filter((entry) => entry !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length > 0 || !/^(Ref|Fn::If)$/.test(name)) return settledEntries(value);
    if (name === 'Fn::If') {
      const [condition, yes, no] = argument as [string, unknown, unknown];
      return settled(holds(Conditions[condition]) ? yes : no);
    }
    if (argument === 'AWS::NoValue') return undefined;
    const parameter = Parameters[argument as string];
    if (!parameter) return value;
    return parameter.Type === 'CommaDelimitedList' ? parameter.Default.split(',') : parameter.Default;
  };
  const settledEntries = (value: object) =>
    Object.fromEntries(
      Object.entries(value).flatMap(([key, entry]) => {
        const made = settled(entry);
        return made === undefined ? [] : [[key, made]];
      }),
    );
  const holds = (condition: unknown): boolean => {
    const [[name, parts] = ['', undefined]] = Object.entries(Object(condition));
    if (name === 'Fn::Not') return !holds((parts as [unknown])[0]);
    if (name !== 'Fn::Equals')
      throw new Error(`a condition this does not know: ${JSON.stringify(condition)}`);
    const [one, other] = (parts as [unknown, unknown]).map(text);
    return one === other;
  };
  const text = (value: unknown): unknown => {
    const joined = Object(value)['Fn::Join'] as [string, unknown] | undefined;
    return joined ? (settled(joined[1]) as string[]).join(joined[0]) : settled(value);
  };
  const made = Object.entries(Resources).flatMap(([id, resource]) => {
    const { Condition, ...rest } = resource as { readonly Condition?: string };
    return Condition === undefined || holds(Conditions[Condition]) ? [[id, settled(rest)] as const] : [];
  });
  return Object.fromEntries(made) as Record<string, R>;
}
