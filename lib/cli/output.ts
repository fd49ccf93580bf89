// What goes to a terminal or a program. Names come from outside: they move no cursor and make no line of their own.
import { escapeInvisible } from '../core/text/issues.ts';
import type { Log } from '../runtime/log.ts';
import type { Io } from './command.ts';

export function jsonText(value: unknown): string {
  // Line by line, as those breaks are ours.
  return `${JSON.stringify(value, null, 2).split('\n').map(escapeInvisible).join('\n')}\n`;
}

/** Text of several lines in which nothing but their ends is a control character. */
export function plainText(text: string): string {
  return text.split('\n').map(escapeInvisible).join('\n');
}

export const plainLine = (text: string): string => escapeInvisible(text);

/** Warnings of the runtime, for people; the reports have all the rest. */
export function noting({ note }: Pick<Io, 'note'>): Log {
  return (level, event, fields) => {
    if (level === 'info' || event.startsWith('sync.')) return;
    const { says, error, served } = fields as {
      says?: unknown;
      error?: { message?: unknown };
      served?: unknown;
    };
    // Whoever needed the secret says so.
    if (served === 'nothing') return;
    const told = [error?.message, says].filter((text) => typeof text === 'string');
    if (told.length > 0) note(plainLine(`${level}: ${[event, ...told].join(': ')}`));
  };
}
