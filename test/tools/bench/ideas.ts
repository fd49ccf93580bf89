// What makes the module of get-group load faster or slower: the bundle as it is built, beside the same function
// built in other ways. Whether an idea is worth its price is for people to say.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { OPTIONS, ROOT } from '../../../lib/build/bundle.ts';
import { leftOut } from '../../../lib/build/left-out.ts';
import { nodeModules } from '../../../lib/build/node-modules.ts';
import { type Environment, loader, startServices } from './loads.ts';
import { ONE_COMMONJS_FILE, REQUIRE } from './peers.ts';
import { figure, goal, type Result } from './result.ts';
import { inTurns, type Subjects } from './statistics.ts';

const ROUNDS = 31;
const BUILD = join(ROOT, '.cache/bench-ideas');
const AS_BUILT = 'as it is built';

interface Idea {
  readonly options: BuildOptions;
  readonly environment?: Environment;
}

const IDEAS: Readonly<Record<string, Idea>> = {
  [AS_BUILT]: { options: {} },
  'not minified': { options: { minify: false } },
  'one file, nothing on demand': { options: { splitting: false } },
  'nothing left out': { options: { plugins: [nodeModules] } },
  'Node’s modules imported': { options: { plugins: [leftOut] } },
  'the SDK’s CommonJS builds': { options: { mainFields: ['main', 'module'], banner: { js: REQUIRE } } },
  'one CommonJS file': { options: ONE_COMMONJS_FILE },
  'zod without compiled parsers': {
    options: { banner: { js: 'globalThis.__zod_globalConfig = { jitless: true };' } },
  },
  // Filled by the first load, which is not counted: the same file at the same path by the same user and Node.
  'V8’s compile cache': { options: {}, environment: { NODE_COMPILE_CACHE: join(BUILD, 'compile-cache') } },
};

export async function run(): Promise<Result[]> {
  await rm(BUILD, { recursive: true, force: true });
  await using services = await startServices();
  const subjects: Record<string, Subjects[string]> = {};
  for (const [name, { options, environment = {} }] of Object.entries(IDEAS)) {
    const file = await buildAs(name, options);
    const load = loader(new Map([[name, file]]), { ...services.environment, ...environment });
    Object.assign(subjects, load([name]));
  }
  for (const load of Object.values(subjects)) await load();
  const series = await inTurns(ROUNDS, subjects);
  const names = Object.keys(IDEAS);
  return [
    {
      title: 'The module of get-group, built in other ways',
      figures: names.flatMap((name) => [
        [name, 'ms', figure(series, `${name}.ms`, '')[2]] as const,
        [`${name}, CPU`, 'ms', figure(series, `${name}.cpu`, '')[2]] as const,
      ]),
      goals: names
        .slice(1)
        .map((name) =>
          goal(series, `${name}.cpu`, `${AS_BUILT}.cpu`, { says: `${name} / ${AS_BUILT}, CPU` }),
        ),
      notes: [],
    },
  ];
}

async function buildAs(name: string, options: BuildOptions): Promise<string> {
  const outdir = join(BUILD, name.replaceAll(/[^\w]+/g, '-'));
  const all: BuildOptions = { ...OPTIONS, ...options, outdir, sourcemap: false, write: true };
  await build({ ...all, entryPoints: [join(ROOT, 'functions/get-group.ts')] });
  return join(outdir, `index${all.outExtension?.['.js'] ?? '.mjs'}`);
}
