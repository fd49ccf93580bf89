// The value of a secret that is JSON.
import type * as z from 'zod/mini';
import { SecretError } from '../aws/secrets.ts';
import { withoutMark } from '../core/text/secret-text.ts';

/**
 * Quotes nothing of what it reads: JSON.parse puts the text into its errors, so its error is dropped.
 * @param what names the value in errors, such as "an AccessKey"
 * @throws SecretError `SecretMalformed`, naming the fields that are wrong
 */
export function parseSecret<T>(text: string, schema: z.ZodMiniType<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(text));
  } catch {
    throw new SecretError('SecretMalformed', 'the secret is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? 'the whole value')));
  throw new SecretError(
    'SecretMalformed',
    `the secret is not ${what} as JSON; wrong or missing: ${[...fields].join(', ')}`,
  );
}
