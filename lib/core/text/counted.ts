// Numbers of things in a sentence.

/** `1 group`, `2 groups`. @param many the plural, where an "s" does not make it */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
