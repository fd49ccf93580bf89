// The floor of everything: a function that does nothing.
export const handler = async (): Promise<object> => ({ statusCode: 200 });
