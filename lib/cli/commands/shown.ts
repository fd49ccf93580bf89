// What several commands read and show alike. Whether a number or a name is right is for the deployment to say.
import { type Input, UsageError } from '../command.ts';

/** @throws UsageError for what is no number at all */
export function hoursOf(input: Input): number | undefined {
  const text = input.text('hours');
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new UsageError('--hours must be a whole number');
  return Number(text);
}

/** What stands in examples and messages in the place of a reason. */
const PLACEHOLDER = /^(?:why|text|reason|why…|…|\.{3}|<.*>)$/i;

/** Why something is done; undefined where it was not said. @throws UsageError for the word that stands for it in examples */
export function reasonOf(input: Input): string | undefined {
  const reason = input.text('reason')?.trim();
  if (reason !== undefined && PLACEHOLDER.test(reason))
    throw new UsageError(
      `--reason ${reason} stands for words of your own, such as --reason 'rack B is gone'`,
    );
  return reason;
}

/** A time, as it was typed. @throws UsageError for what no deployment would take */
export function timeOf(input: Input, name: string, now: number): string | undefined {
  const text = input.text(name);
  if (text === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(text))
    return text;
  const example = `${new Date(now).toISOString().slice(0, 13)}:00:00Z`;
  throw new UsageError(
    `--${name} is a day and a time with its zone, such as ${example} (which was this hour, in UTC)`,
  );
}

/** An approval, as the deployment answers with it. */
export function approvalLines(value: unknown): string[] {
  const { id, group, removals, waiting, who, reason, at, until } = value as Record<string, unknown>;
  const lines = [
    `${group} ${id}`,
    `  by ${who} at ${at}, until ${until}: ${reason}`,
    `  removals: ${namesIn(removals)}`,
  ];
  if (typeof waiting === 'number' && waiting > 0) lines.push(`  waiting for a second person: ${waiting}`);
  return lines;
}

const SHOWN = 20;

/** The first members of `{count, members}`; empty text for none. */
export function namesIn(list: unknown): string {
  const { count, members } = Object(list) as { count?: number; members?: readonly unknown[] };
  if (!count || !Array.isArray(members)) return '';
  const shown = members.slice(0, SHOWN).join(', ');
  return count > SHOWN ? `${shown} and ${count - SHOWN} more` : shown;
}
