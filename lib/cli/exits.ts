// Exit codes: one table, which help and docs/command-line.md show.

export const EXITS = {
  ok: { code: 0, says: 'done, and nothing is wrong' },
  problems: { code: 1, says: 'problems were found, or something was refused' },
  usage: { code: 2, says: 'the command line or the environment is wrong; nothing was asked' },
  failed: { code: 3, says: 'something could not be read, reached or written' },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly says: string }>>;

export type ExitName = keyof typeof EXITS;
