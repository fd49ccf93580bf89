// The IAM policies of docs/security.md, and who is let through by them: what IAM decides of execute-api:Invoke, where every
// statement allows and none has a condition.
import { readFileSync } from 'node:fs';

interface Policy {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: string;
    readonly Action: string;
    readonly Resource: readonly string[];
  }[];
}

const PAGE = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8');

/** Resources of each policy, by the `Sid` of its statement. */
export const RESOURCES: ReadonlyMap<string, readonly string[]> = new Map(
  Array.from(PAGE.matchAll(/^```json\n(\{ "Version": [^`]+)^```/gm), ([, json = '']) => {
    const [statement, ...others] = (JSON.parse(json) as Policy).Statement;
    if (!statement || others.length > 0) throw new Error('a policy of docs/security.md has one statement');
    if (statement.Effect !== 'Allow' || statement.Action !== 'execute-api:Invoke')
      throw new Error(`${statement.Sid}: not decided here`);
    return [statement.Sid, statement.Resource];
  }),
);

/** @param path as it is asked for, without the query */
export function allows(resources: readonly string[], method: string, path: string): boolean {
  const asked = `arn:aws:execute-api:eu-central-1:123456789012:api-id/$default/${method.toUpperCase()}${path}`;
  return resources.some((resource) => {
    const pattern = resource
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${pattern}$`).test(asked);
  });
}
