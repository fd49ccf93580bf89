// Which secret may be sent where. The deployer says so, and nobody else: whoever may write the sync configuration
// could otherwise have any secret that the functions can read sent to a server of his own.

import { ALIBABA_ORIGIN } from '../address/alibaba.ts';
import { isIdOfSecret, mayBeSameSecret, SECRET_ARN } from './secret-id.ts';

/** A secret, and an origin that may get it. */
export interface SecretBinding {
  /** Whole, with its six characters. */
  readonly arn: string;
  /** `https://host` or `http://host`, with a port where it is not the default. */
  readonly origin: string;
}

const HOST = /^https?:\/\/(?:[a-z0-9][a-z0-9.-]{0,252}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * Reads `<ARN>=<origin>` pairs, separated by commas.
 * @throws Error that says which entry is wrong, and repeats nothing of it
 */
export function parseSecretBindings(text: string): SecretBinding[] {
  return text.split(',').map((entry, index) => {
    const pair = entry.trim();
    // Names of secrets may hold "=", origins do not.
    const end = pair.lastIndexOf('=');
    const [arn, origin] = [pair.slice(0, Math.max(0, end)), pair.slice(end + 1)];
    const wrong = (says: string) => new Error(`entry ${index + 1} ${says}`);
    if (!SECRET_ARN.test(arn)) {
      throw wrong('must be <ARN of a secret, with its last six characters>=<origin that may get it>');
    }
    if (!HOST.test(origin) || URL.parse(origin)?.origin !== origin) {
      throw wrong(
        'must end with an origin such as https://netbox.example.com: the host in lower case, a port only where it is not the default, no path',
      );
    }
    return { arn, origin };
  });
}

/**
 * Says which binding gives away a secret that is never sent anywhere: an AccessKey or the key of a hook.
 * @param kept ids of those secrets, in any spelling
 */
export function givenAway(bindings: readonly SecretBinding[], kept: readonly string[]): string | undefined {
  const index = bindings.findIndex(({ arn }) => kept.some((id) => mayBeSameSecret(id, arn)));
  return index < 0
    ? undefined
    : `entry ${index + 1} binds the secret of an AccessKey or of a hook, which is never sent to an inventory`;
}

/** A secret that is not bound to where it should go. Names nothing of either. */
export class SecretNotBound extends Error {
  override readonly name = 'SecretNotBound';
}

/**
 * The ARN of the secret that an id of the configuration stands for, to be read by that ARN and no other id.
 * @param url where it is to be sent
 * @throws SecretNotBound
 */
export function boundSecret(bindings: readonly SecretBinding[], secretId: string, url: string): string {
  const named = bindings.filter(({ arn }) => isIdOfSecret(secretId, arn));
  if (named.length === 0) {
    throw new SecretNotBound('is not bound to an origin: add it to the deployment’s inventorySecrets');
  }
  if (new Set(named.map(({ arn }) => arn)).size > 1) {
    throw new SecretNotBound('is the name of several secrets in inventorySecrets: give the ARN');
  }
  const origin = URL.parse(url)?.origin;
  const bound = named.find((binding) => binding.origin === origin);
  if (bound === undefined) {
    throw new SecretNotBound(
      `is bound to other origins than ${origin === ALIBABA_ORIGIN ? ALIBABA_ORIGIN : 'where it would go'}: see the deployment’s inventorySecrets`,
    );
  }
  return bound.arn;
}
