// What a process that a test starts with an environment of its own needs to find modules compiled, as the tests do: much
// of the time of a short process is to compile what it loads.
const { NODE_COMPILE_CACHE } = process.env;

export const COMPILED: Readonly<Record<string, string>> =
  NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
