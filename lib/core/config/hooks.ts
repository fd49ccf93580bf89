// Settings of hooks: the paths by which other systems say that a source has changed, and whose signature each
// of them takes.

import * as z from 'zod/mini';
import { text } from '../text/fields.ts';
import { fault, quoted } from '../text/issues.ts';
import { mayBeSameSecret, type SecretSpelling, spellingOf } from './secret-id.ts';

const secretId = text(2048).check(
  z.describe(
    'Secrets Manager secret with the key: JSON with "current" and, while it is rotated, "previous".',
  ),
);

const keyed = <Name extends string>(name: Name, says: string) =>
  z.strictObject({ scheme: z.literal(name), secretId }).check(z.describe(says));

/** Of Alibaba Cloud; a part of the host that the certificate is read from. */
const ALIBABA_REGION = /^[a-z]{2,4}(?:-[a-z0-9]{1,20}){1,4}$/;

const eventBridge = z
  .strictObject({
    scheme: z.literal('alibaba-eventbridge'),
    secretId: secretId.check(z.describe('The same: the key is the token of the HTTP target.')),
    url: z
      .string()
      .check(
        z.maxLength(2048),
        z.regex(/^https:\/\/[\w.-]+(?::\d+)?\/[\x21\x22\x24-\x2b\x2d-\x7e]*$/, 'an https URL'),
        z.describe('URL of the HTTP target, to the letter: it is signed.'),
      ),
    region: z
      .string()
      .check(
        z.regex(ALIBABA_REGION, 'a region such as cn-hangzhou'),
        z.describe('Region of the event bus: the certificate is read from there.'),
      ),
    account: z
      .string()
      .check(
        z.regex(/^\d{16}$/, 'the 16 digits of an Alibaba Cloud account'),
        z.describe('Account whose events are taken.'),
      ),
  })
  .check(
    z.describe(
      'EventBridge of Alibaba Cloud: x-eventbridge-signature-v2, RSA-SHA256 by the certificate of its region.',
    ),
  );

export const hookSchema = z.discriminatedUnion('scheme', [
  keyed('netbox', 'X-Hook-Signature, HMAC-SHA512 of the body.'),
  keyed('generic', 'X-Signature, HMAC-SHA256 of the time in X-Signature-Timestamp, a dot and the body.'),
  eventBridge,
]);

export type HookSettings = z.output<typeof hookSchema>;
export type EventBridgeHook = z.output<typeof eventBridge>;
export type HookSchemeName = HookSettings['scheme'];

export type HookConfig = HookSettings & { readonly name: string };

interface Hooked {
  readonly hooks: Readonly<Record<string, HookSettings>>;
  readonly groups: readonly WithSources[];
  readonly families: readonly WithSources[];
}

interface WithSources {
  readonly sources: readonly { readonly type: string; readonly hook?: string }[];
}

/**
 * Every hook that a source names is there, and speaks for some source. Each has a key of its own: signatures do
 * not cover the path, so that a request for one hook would pass at another with the same key.
 */
export function checkHooks(context: z.core.ParsePayload<Hooked>): void {
  const { hooks } = context.value;
  const used = new Set<string>();
  for (const list of ['groups', 'families'] as const) {
    context.value[list].forEach(({ sources }, index) => {
      sources.forEach(({ hook }, source) => {
        if (hook === undefined) return;
        used.add(hook);
        if (!Object.hasOwn(hooks, hook))
          fault(context, [list, index, 'sources', source, 'hook'], 'is not in hooks');
      });
    });
  }
  const known: { readonly name: string; readonly secret: SecretSpelling }[] = [];
  for (const [name, hook] of Object.entries(hooks)) {
    const { secretId } = hook;
    if (!used.has(name)) fault(context, ['hooks', name], 'is not used by any source');
    if (hook.scheme === 'alibaba-eventbridge' && !hook.url.split('?', 1)[0]?.endsWith(`/hooks/${name}`))
      fault(context, ['hooks', name, 'url'], `must lead to /hooks/${name}`);
    const secret = spellingOf(secretId);
    const other = known.find((hook) => mayBeSameSecret(hook.secret, secret));
    if (other) fault(context, ['hooks', name, 'secretId'], `is that of hook ${quoted(other.name)} too`);
    known.push({ name, secret });
  }
}
