// Secrets of inventories and hooks for a local run: a file beside the configuration, made up or not. They go to the local
// Secrets Manager and, with the origins that may get them, to the functions; nothing of a value is ever printed.
import { parseSecretBindings } from '../../../lib/core/config/secret-binding.ts';
import { jsonFault } from '../../../lib/core/text/json-fault.ts';
import { StartError } from './settings.ts';

export interface LocalSecrets {
  /** Values by name, as Secrets Manager has them. */
  readonly values: Readonly<Record<string, string>>;
  /** What `inventorySecrets` is: pairs of ARN and origin. */
  readonly bindings: readonly string[];
}

/** What the file may hold. */
const MOST = { bytes: 262_144, secrets: 50, origins: 20, value: 65_536 } as const;
const NAME = /^[\w/+=.@-]{1,512}$/;
const FIELDS = new Set(['value', 'origins']);

/** As the local Secrets Manager makes them: one region, one account, the same six characters for each. */
const arnOf = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;

/**
 * @param file as it is shown, for the error
 * @param taken names that the run has values of its own for
 * @throws StartError with a line for each thing that is wrong, which repeats no value
 */
export function readLocalSecrets(text: string, file: string, taken: readonly string[]): LocalSecrets {
  const faults: string[] = [];
  const values: Record<string, string> = {};
  const bindings: string[] = [];
  const refuse = (says: string): never => {
    throw new StartError(`${file}: ${says}; such as ${EXAMPLE}`);
  };
  if (Buffer.byteLength(text) > MOST.bytes) refuse(`is larger than ${MOST.bytes} bytes`);
  const entries = Object.entries(objectIn(text, refuse));
  if (entries.length > MOST.secrets) refuse(`has more than ${MOST.secrets} secrets`);
  for (const [name, entry] of entries) {
    const problem = taken.includes(name) ? 'is a secret of the local run itself' : problemOf(name, entry);
    if (problem !== undefined) {
      faults.push(`${JSON.stringify(name.slice(0, 64))} ${problem}`);
      continue;
    }
    const { value, origins = [] } = entry as { value: string | object; origins?: string[] };
    values[name] = typeof value === 'string' ? value : JSON.stringify(value);
    for (const origin of origins) bindings.push(`${arnOf(name)}=${origin}`);
  }
  if (faults.length > 0) refuse(faults.join('; '));
  return { values, bindings };
}

const EXAMPLE =
  '{"inventory/netbox": {"value": "made-up-token", "origins": ["http://127.0.0.1:8702"]}, "hooks/netbox": {"value": {"current": "made-up-key"}}}';

function objectIn(text: string, refuse: (says: string) => never): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { line, column, expected } = jsonFault(text);
    return refuse(`must be JSON, expected ${expected} at line ${line}, column ${column}`);
  }
  return isObject(value) ? value : refuse('must be an object of secrets by their names');
}

/** What is wrong with one secret, in words that follow its name. */
function problemOf(name: string, entry: unknown): string | undefined {
  if (!NAME.test(name)) return 'is not the name of a secret: letters, digits and /_+=.@-';
  if (!isObject(entry)) return 'must be an object with "value" and, for an inventory, "origins"';
  const other = Object.keys(entry).find((field) => !FIELDS.has(field));
  if (other !== undefined)
    return `has a field ${JSON.stringify(other.slice(0, 64))}: "value" and "origins" are known`;
  const { value, origins = [] } = entry as { value?: unknown; origins?: unknown };
  const isText = typeof value === 'string' && value !== '';
  if (!isText && !isObject(value)) return 'must have a "value": text, or an object that stands for its JSON';
  if ((isText ? value : JSON.stringify(value)).length > MOST.value)
    return `has a value of more than ${MOST.value} characters`;
  if (!Array.isArray(origins) || origins.length > MOST.origins)
    return `must have a list of ${MOST.origins} "origins" at the most`;
  const wrong = origins.findIndex((origin) => !isOrigin(name, origin));
  return wrong < 0
    ? undefined
    : `has no origin in origins[${wrong}]: scheme, host in lower case and port, no path, such as https://netbox.example.com`;
}

function isOrigin(name: string, origin: unknown): boolean {
  if (typeof origin !== 'string' || origin.includes(',')) return false;
  try {
    return parseSecretBindings(`${arnOf(name)}=${origin}`).length === 1;
  } catch {
    return false;
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
