// Settings of hooks: the paths by which other systems say that a source has changed, and whose signature each
// of them takes.

import * as z from 'zod/mini';
import { text } from '../text/fields.ts';
import { fault, quoted } from '../text/issues.ts';
import { mayBeSameSecret, type SecretSpelling, spellingOf } from './secret-id.ts';

export const HOOK_SCHEMES = ['netbox', 'generic'] as const;
export type HookSchemeName = (typeof HOOK_SCHEMES)[number];

export const hookSchema = z
  .strictObject({
    scheme: z
      .enum(HOOK_SCHEMES)
      .check(
        z.describe(
          'netbox: X-Hook-Signature, HMAC-SHA512 of the body. generic: X-Signature, HMAC-SHA256 of the time in X-Signature-Timestamp, a dot and the body.',
        ),
      ),
    secretId: text(2048).check(
      z.describe(
        'Secrets Manager secret with the key: JSON with "current" and, while it is rotated, "previous".',
      ),
    ),
  })
  .check(z.describe('A path by which another system says that a source has changed.'));

export interface HookConfig extends z.output<typeof hookSchema> {
  readonly name: string;
}

interface Hooked {
  readonly hooks: Readonly<Record<string, z.output<typeof hookSchema>>>;
  readonly groups: readonly {
    readonly sources: readonly { readonly type: string; readonly hook?: string }[];
  }[];
}

/**
 * Every hook that a source names is there, and speaks for some source. Each has a key of its own: signatures do
 * not cover the path, so that a request for one hook would pass at another with the same key.
 */
export function checkHooks(context: z.core.ParsePayload<Hooked>): void {
  const { hooks, groups } = context.value;
  const used = new Set<string>();
  groups.forEach(({ sources }, group) => {
    sources.forEach(({ hook }, source) => {
      if (hook === undefined) return;
      used.add(hook);
      if (!Object.hasOwn(hooks, hook))
        fault(context, ['groups', group, 'sources', source, 'hook'], 'is not one of hooks');
    });
  });
  const known: { readonly name: string; readonly secret: SecretSpelling }[] = [];
  for (const [name, { secretId }] of Object.entries(hooks)) {
    if (!used.has(name)) fault(context, ['hooks', name], 'is the hook of no source');
    const secret = spellingOf(secretId);
    const other = known.find((hook) => mayBeSameSecret(hook.secret, secret));
    if (other) fault(context, ['hooks', name, 'secretId'], `is that of hook ${quoted(other.name)} too`);
    known.push({ name, secret });
  }
}
