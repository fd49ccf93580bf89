// Node's own modules in a bundle. For an `import` of one, Node builds a namespace and reads every export into
// it; reading `http.WebSocket` alone loads a second HTTP client, which no function uses, at the price of half a
// cold start. Asked for by name, a module loads what it needs, and only what is imported is read.
import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/** Imports that name what they want. */
const NAMED = 'node';
/** Whoever asks at run time gets the module as it is. */
const WHOLE = 'node-whole';

/** What `process` has depends on how the process that builds was started, and bundles have to be the same. */
const OF_PROCESS = ['env', 'versions'];

export const nodeModules: Plugin = {
  name: 'node-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?[a-z_]+(?:\/[a-z_]+)*$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      const namespace = kind === 'import-statement' ? NAMED : WHOLE;
      return { path: path.replace(/^(?:node:)?/, 'node:'), namespace };
    });
    onLoad({ filter: /./, namespace: NAMED }, ({ path }) => ({ contents: namedExports(path) }));
    onLoad({ filter: /./, namespace: WHOLE }, ({ path }) => ({
      contents: `module.exports = ${moduleOf(path)};`,
    }));
  },
};

const moduleOf = (path: string) => `process.getBuiltinModule(${JSON.stringify(path)})`;

/** Every export by itself, so that those that nobody imports are left out with the reading of them. */
function namedExports(path: string): string {
  const all = path === 'node:process' ? OF_PROCESS : Object.keys(process.getBuiltinModule(path) as object);
  const names = all.filter((name) => name !== 'default' && /^[\w$]+$/.test(name));
  const constants = names.map((name) => `const _${name} = /* @__PURE__ */ (() => whole.${name})();`);
  const list = names.map((name) => `_${name} as ${name}`);
  return [
    `const whole = /* @__PURE__ */ ${moduleOf(path)};`,
    ...constants,
    `export { whole as default, ${list.join(', ')} };`,
  ].join('\n');
}
