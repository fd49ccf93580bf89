// Rules that texts from outside have to keep: a pattern, and the words that explain it.

/** A rule a name has to keep: the pattern and the words that explain it. */
export interface NameRule {
  readonly pattern: RegExp;
  readonly says: string;
}

/** Id of an AWS account. */
export const ACCOUNT_ID: NameRule = { pattern: /^\d{12}$/, says: 'the id of an AWS account: 12 digits' };

/**
 * Control characters never belong in a name, an id or a topic: they forge log lines and headers. Nor do halves of
 * surrogate pairs: they have no bytes in UTF-8, so what comes back is never what was sent.
 */
export const CONTROL_CHARACTER = /[\p{Cc}\p{Cs}]/u;

/**
 * Characters of one member. The API documents no figure for ids; they are names that people write into a file of one
 * line each, and an address has 45. What is far beyond is a file or a key in the wrong place.
 */
export const MEMBER_MAX_CHARACTERS = 512;
