// The format `list`: texts that are the members as they stand. It has no settings.

export const listFormat = { says: 'a JSON list of strings' };
