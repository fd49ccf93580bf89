// Opens a file with the program that this person's machine opens such files with.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { platform } from 'node:os';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** @returns whether there is such a program; what it does with the file is its own business */
export async function opened(file: string, env: Record<string, string | undefined>): Promise<boolean> {
  const [program, ...args] = OPENERS[platform()] ?? ['xdg-open'];
  const child = spawn(program, [...args, file], { env, stdio: 'ignore', detached: true });
  try {
    await once(child, 'spawn');
    child.unref();
    return true;
  } catch {
    return false;
  }
}
