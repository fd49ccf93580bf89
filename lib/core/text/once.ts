// Values that are made when they are first asked for, such as schemas: a cold start makes none that nobody uses.

export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
