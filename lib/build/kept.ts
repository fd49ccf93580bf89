// Bundles that need not be made again: every function, as bundle.ts makes it of these very sources and packages, kept
// in .cache/bundles under a digest of both. For the local run and the tests; what is deployed is always made anew.
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Bundle, bundleAll, bundleIn, functionFiles, ROOT } from './bundle.ts';

const KEPT = join(ROOT, '.cache', 'bundles');
/** Sets that stay, those used last: to go back and forth between two branches shall cost nothing. */
const SETS = 4;

/** What the bytes of a bundle depend on, beside Node. npm writes the last when it installs. */
const SOURCES = ['functions', 'lib'];
const SETTINGS = ['package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];

/**
 * Every function's bundle, made where there is none of these sources yet.
 *
 * @param making called before they are made, which takes some ten seconds
 * @returns the folder that holds them as `bundleAll` leaves them; nothing may be written there
 * @throws esbuild's BuildFailure; an error of the file system where `.cache` cannot be written
 */
export async function keptBundles(making: () => void = () => {}): Promise<string> {
  const folder = join(KEPT, await digestOfSources());
  if (await isThere(folder)) {
    // In use, so that it stays. What cannot be touched is there all the same.
    await utimes(folder, new Date(), new Date()).catch(() => {});
    return folder;
  }
  await mkdir(KEPT, { recursive: true });
  // Readable by whoever may read the rest of the project.
  const begun = join(KEPT, `begun-${randomUUID()}`);
  try {
    making();
    await bundleAll({ outdir: begun });
    // Whole or not at all. Who made the same meanwhile may have been first.
    await rename(begun, folder).catch(async (error) => {
      if (!(await isThere(folder))) throw error;
    });
  } finally {
    await rm(begun, { recursive: true, force: true });
  }
  await forgetOld();
  return folder;
}

/** What is known of the bundles in a folder that `bundleAll` or `keptBundles` filled. */
export async function bundlesIn(folder: string): Promise<Bundle[]> {
  const names = (await functionFiles()).map((file) => basename(file, '.ts'));
  return Promise.all(
    names.map(async (name) => {
      const metafile = await readFile(join(folder, 'meta', name, 'metafile.json'), 'utf8');
      return bundleIn(folder, name, JSON.parse(metafile));
    }),
  );
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  const found = await Promise.all(
    SOURCES.map(async (folder) => {
      const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    }),
  );
  const files = [...found.flat().sort(), ...SETTINGS.map((file) => join(ROOT, file))];
  const contents = await Promise.all(files.map((file) => readFile(file)));
  for (const [index, file] of files.entries()) {
    const content = contents[index] as Buffer;
    // With its length before it, so that no content passes for a name.
    hash.update(`\0${file.slice(ROOT.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}

async function forgetOld(): Promise<void> {
  const names = await readdir(KEPT);
  const aged = await Promise.all(
    names.map(async (name) => {
      const path = join(KEPT, name);
      return { path, usedAt: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 };
    }),
  );
  const old = aged.toSorted((a, b) => b.usedAt - a.usedAt).slice(SETS);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
