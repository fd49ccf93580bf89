// The format `list`: texts that are the members as they stand. It has no settings.

export const listFormat = { says: 'A JSON list of strings' };
