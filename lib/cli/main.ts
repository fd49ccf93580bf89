#!/usr/bin/env node
// The program: its process meets the commands here, and nowhere else.
import { styleText } from 'node:util';
import type { Io } from './command.ts';
import { run } from './run.ts';

const { stdout, stderr } = process;

/** Clears the line of progress. */
const CLEAR = '\r\u001b[K';
let shown = false;

function clear(): void {
  if (shown) stderr.write(CLEAR);
  shown = false;
}

const io: Io = {
  env: process.env,
  out: (text) => {
    clear();
    stdout.write(text);
  },
  note: (line) => {
    clear();
    stderr.write(`${line}\n`);
  },
  progress: (line) => {
    clear();
    if (!stderr.isTTY || line === '') return;
    stderr.write(line.slice(0, Math.max(1, (stderr.columns || 80) - 1)));
    shown = true;
  },
  // It looks at the stream, at NO_COLOR and at FORCE_COLOR.
  paint: (colour, text) => styleText(colour, text, { stream: stdout }),
  now: Date.now,
};

// A reader that has seen enough, such as `head`, is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await run(process.argv.slice(2), io);
