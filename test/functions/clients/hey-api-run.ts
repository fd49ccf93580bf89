// Runs @hey-api/openapi-ts: `node hey-api-run.ts <document> <folder>`. It prints code with TypeScript's own API, which
// TypeScript 7 does not have; it is lent the TypeScript that oazapfts brings.
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const [input = '', output = ''] = process.argv.slice(2);
const { resolve } = createRequire(createRequire(import.meta.url).resolve('oazapfts'));
const url = pathToFileURL(resolve('typescript')).href;
registerHooks({
  resolve: (name, context, next) =>
    name === 'typescript' ? { url, format: 'commonjs', shortCircuit: true } : next(name, context),
});

const { createClient } = await import('@hey-api/openapi-ts');
await createClient({ input, output, logs: { level: 'error', file: false } });
