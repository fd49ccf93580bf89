// Begins what package.json runs from the repository: `node lib/cli/begin.mjs <file.ts> …`. It is plain JavaScript of many
// years ago, so that a machine without packages, or with an old Node, is told so in a line.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Of the packages that everything needs. */
const PACKAGE = new URL('../../node_modules/zod/package.json', import.meta.url);
/** What runs .ts files as they are. */
const LEAST = [22, 18];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isOld = major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]);
const told = !existsSync(PACKAGE)
  ? 'run `npm ci` first: the packages are not there'
  : isOld
    ? `needs Node.js 24, and this is ${process.versions.node}: \`npm ci\` brings one, which \`npm run\` and \`npm start\` use`
    : undefined;

if (told !== undefined) {
  process.stderr.write(`sls-machine-groups: ${told}\n`);
  process.exitCode = 2;
} else {
  // Whoever is begun sees its own arguments.
  process.argv.splice(1, 1);
  await import(pathToFileURL(resolve(process.argv[1] || '')).href);
}
