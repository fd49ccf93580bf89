// The commands of a page as a person pastes them: one after the other into one shell, each with what it printed.
import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Block } from '../../support/pages.ts';

/** A command, and what the page says of its output. */
export interface Command {
  readonly text: string;
  /** After `# →`: what the output holds. */
  readonly shows?: string;
}

export interface Ran extends Command {
  /** Both outputs, as they came. */
  readonly output: string;
  readonly code: number;
}

/** Commands of a block, each with all of its lines. */
export function commandsOf({ text, line }: Block): Command[] {
  const commands: Command[] = [];
  let lines: string[] = [];
  for (const each of text.split('\n')) {
    lines.push(each);
    const whole = lines.join('\n');
    if (each.endsWith('\\') || !isWhole(whole)) continue;
    lines = [];
    if (/^\s*(?:#.*)?$/s.test(whole)) continue;
    const shows = / # → (.*)$/.exec(whole)?.[1];
    commands.push({ text: whole, ...(shows !== undefined && { shows }) });
  }
  if (lines.join('').trim() !== '')
    throw new Error(`the block of line ${line} has no end: ${lines.join('\n')}`);
  return commands;
}

/** Whether it is a command by itself: what a shell takes without another line. */
function isWhole(text: string): boolean {
  return syntaxFault(text) === undefined;
}

/** What bash finds wrong with a text, if anything. */
export function syntaxFault(text: string): string | undefined {
  try {
    execFileSync('bash', ['-n'], { input: text, encoding: 'utf8', stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

const END = '@@end of';
const SHELL_MS = 120_000;

/** Runs them in one bash. @param before what is pasted first. @throws Error if the shell ends before all have run */
export async function runCommands(
  commands: readonly Command[],
  { cwd, env, before = '' }: { cwd: string; env: Record<string, string>; before?: string },
): Promise<Ran[]> {
  const script = [
    before,
    ...commands.map(({ text }, index) => `${text}\nprintf '\\n${END} ${index} %s\\n' "$?"`),
  ];
  const file = join(cwd, '.pasted');
  await writeFile(file, `exec </dev/null 2>&1\n${script.join('\n')}\n`);
  const output = await new Promise<string>((resolve) => {
    execFile('bash', [file], { cwd, env, timeout: SHELL_MS, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) =>
      resolve(stdout),
    );
  });
  const parts = output.replaceAll('\r', '').split(new RegExp(`\\n${END} \\d+ (\\d+)\\n`));
  if (parts.length !== 2 * commands.length + 1)
    throw new Error(`the shell ended at command ${(parts.length - 1) / 2}: ${output.slice(-2_000)}`);
  return commands.map((command, index) => ({
    ...command,
    output: parts[2 * index] as string,
    code: Number(parts[2 * index + 1]),
  }));
}

/** A pattern for what a page shows: `…` for any text of a line; alone on a line, for any lines. */
export function patternOf(shown: string): RegExp {
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const lines = shown.trim().split('\n');
  const pattern = lines
    .map((line) => (line === '…' ? '(?:.*\\n)*?(?:.*)?' : line.split('…').map(escaped).join('.*')))
    .join('\\n');
  return new RegExp(`^${pattern}$`);
}
