// What the roles of a deployment may read of the secrets that are bound to inventories: IAM takes ARNs, the functions
// take pairs of ARN and origin.
import { givenAway, parseSecretBindings } from '../core/config/secret-binding.ts';

/** The parameters of serverless.yml that name secrets. */
export interface SecretParameters {
  readonly inventorySecrets: string;
  readonly secretName: string;
  readonly readSecretName: string;
  readonly hookSecrets: string;
}

/**
 * The ARNs, each once, separated by commas; empty for none.
 * @throws Error for a list that the functions would refuse, so that it is not deployed
 */
export function inventorySecretArns(parameters: SecretParameters): string {
  const { inventorySecrets, secretName, readSecretName, hookSecrets } = parameters;
  if (inventorySecrets.trim() === '') return '';
  const bindings = parseSecretBindings(inventorySecrets);
  const kept = [secretName, readSecretName, ...hookSecrets.split(',')].map((id) => id.trim());
  const wrong = givenAway(bindings, kept);
  if (wrong !== undefined) throw new Error(wrong);
  return [...new Set(bindings.map(({ arn }) => arn))].join(',');
}
