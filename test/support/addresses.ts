// Addresses of machines, as many as a test needs.

/** `10.0.0.1` and on, each once. @param net the second number of all of them @param from how many to leave out */
export function addresses(count: number, { net = 0, from = 0 } = {}): string[] {
  return Array.from({ length: count }, (_, index) => {
    const number = 1 + from + index;
    return `10.${net}.${number >> 8}.${number & 255}`;
  });
}
