// Accounts and regions that a source of a cloud names.

export interface Places {
  readonly regions: readonly string[];
  /** A role for each account; without any, the own account is read. */
  readonly roleArns: readonly string[];
}

/** Something of each account and region of a source. */
export function eachPlace<T>(
  { regions, roleArns }: Places,
  of: (roleArn: string | undefined, region: string) => T,
): readonly T[] {
  const accounts = roleArns.length === 0 ? [undefined] : roleArns;
  return accounts.flatMap((roleArn) => regions.map((region) => of(roleArn, region)));
}
