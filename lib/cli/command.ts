// What a command is, and what it is given to run on.
import type { ParseArgsConfig } from 'node:util';
import type { ExitName } from './exits.ts';

/** One option; `value` is how help names what follows it, and none follows a flag. */
export interface Option {
  readonly value?: string;
  readonly multiple?: boolean;
  readonly says: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What was given: words in their order, options by name. */
export interface Input {
  readonly words: readonly string[];
  readonly flag: (name: string) => boolean;
  readonly text: (name: string) => string | undefined;
  readonly texts: (name: string) => readonly string[];
}

export interface Command {
  readonly name: string;
  /** The words after the name, as help shows them. */
  readonly words: string;
  /** How many words there may be. */
  readonly count: readonly [least: number, most: number];
  /** One line. */
  readonly says: string;
  readonly options: Options;
  /** Options of other commands that somebody may expect here, with what to do in their place. */
  readonly notTaken?: Readonly<Record<string, string>>;
  /** What follows the name of the program. */
  readonly example: string;
  readonly run: (input: Input, io: Io) => Promise<ExitName>;
}

/** The process, as commands see it. */
export interface Io {
  /** Its variables. Clients of AWS read them by themselves. */
  readonly env: Record<string, string | undefined>;
  readonly out: (text: string) => void;
  /** A line for people, beside the output. */
  readonly note: (line: string) => void;
  /** What is going on, in a line that the next one replaces; shown on a terminal alone. */
  readonly progress: (line: string) => void;
  /** Colours where the output is a terminal and NO_COLOR is not set. */
  readonly paint: (colour: Colour, text: string) => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type Colour = 'green' | 'yellow' | 'red' | 'bold';

export type Parsed = NonNullable<ParseArgsConfig['options']>;

/** What went wrong outside, in a sentence that says what to do. */
export class Told extends Error {
  override readonly name = 'Told';
}

/** What was typed cannot be meant. Told without a stack, with where to find help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
