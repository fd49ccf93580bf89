// Optional fields without their undefined values, for types that tell a missing field from one that is undefined.

type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

export type Defined<T> = Omit<T, Optional<T>> & { [K in Optional<T>]?: Exclude<T[K], undefined> };

/** The fields that have a value. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
