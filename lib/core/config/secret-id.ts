// Ids of Secrets Manager. One secret goes by several: its name, its ARN, and its ARN without the dash and the six
// characters that Secrets Manager adds to the name. Which of the last two an ARN is cannot be told from its text.

/** The whole ARN of one secret; the first group is its name, as far as text can tell. */
export const SECRET_ARN =
  /^arn:aws[a-z-]{0,20}:secretsmanager:[a-z0-9-]{1,32}:\d{12}:secret:([\w/+=.@-]{1,512})-[A-Za-z0-9]{6}$/;

const ANY_ARN = /^arn:[^:]*:secretsmanager:[^:]*:([^:]*):secret:(.*)$/s;
const SUFFIX = /-[A-Za-z0-9]{6}$/;

/** A secret's id taken apart; see {@link spellingOf}. */
export interface SecretSpelling {
  /** What stands for the secret in the id: its name, with or without the six characters. */
  readonly text: string;
  /** The text without what may be the six characters; undefined where there are none. */
  readonly bare?: string;
  /** Undefined for a name, which is one of the reader's own account. */
  readonly account?: string;
}

export function spellingOf(id: string): SecretSpelling {
  const [, account, text] = ANY_ARN.exec(id) ?? [];
  if (account === undefined || text === undefined) return { text: id };
  return SUFFIX.test(text) ? { text, account, bare: text.replace(SUFFIX, '') } : { text, account };
}

/**
 * Whether two ids may mean one secret. In doubt they do, so this is for refusals: a secret has the same name in
 * each region that it is replicated to, and nobody here knows the account that a name is looked up in.
 */
export function mayBeSameSecret(one: string | SecretSpelling, other: string | SecretSpelling): boolean {
  const [a, b] = [one, other].map((id) => (typeof id === 'string' ? spellingOf(id) : id)) as [
    SecretSpelling,
    SecretSpelling,
  ];
  if (a.account !== undefined && b.account !== undefined && a.account !== b.account) return false;
  // Six characters are never taken from both: two whole ARNs that differ in them are two secrets.
  return a.text === b.text || a.bare === b.text || a.text === b.bare;
}

/**
 * Whether an id is one by which a whole ARN's secret may be asked for: the ARN, the same without the six characters,
 * or the name. In doubt it is not, so this is for permissions. @param arn fits {@link SECRET_ARN}
 */
export function isIdOfSecret(id: string, arn: string): boolean {
  return id === arn || id === arn.replace(SUFFIX, '') || id === SECRET_ARN.exec(arn)?.[1];
}
