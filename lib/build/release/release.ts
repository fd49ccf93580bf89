// A release, by one command: template, zips, command line, bill of materials, notes from the commits, and the digests of
// all of them. Run it: `npm run release`. It is written to .release/<name>-<version>; who deploys it needs no Node.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../bundle.ts';
import { bundleCli } from '../cli.ts';
import { bundlesIn, keptBundles } from '../kept.ts';
import { packageStage, serviceFolder } from '../osls.ts';
import { billOfMaterials } from '../sbom.ts';
import { releaseNotes } from './notes.ts';
import { CHOICES, packagedWith, STAGE } from './settings.ts';
import { releaseTemplate, type Template } from './template.ts';

/** @returns the folder. @throws Error with what osls, esbuild or git said */
export async function makeRelease(parent = join(ROOT, '.release')): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const folder = join(parent, `${name}-${version}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const kept = await keptBundles();
  await bundleCli(join(folder, `${name}.mjs`));
  const usual = await packaged(kept, undefined, folder);
  const others: Record<string, Template> = {};
  for (const choice of Object.keys(CHOICES)) others[choice] = await packaged(kept, choice);
  await write(folder, 'template.json', JSON.stringify(releaseTemplate(usual, others)));
  await write(folder, 'sbom.cdx.json', JSON.stringify(await billOfMaterials(await bundlesIn(kept)), null, 2));
  await write(folder, 'NOTES.md', await notes(version));
  await copyFile(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  await write(folder, 'SHA256SUMS', await digestsOf(folder));
  return folder;
}

const write = (folder: string, file: string, text: string) => writeFile(join(folder, file), `${text}\n`);

/** The template. @param choice taken the other way @param zipsTo where the zips of the functions go */
async function packaged(bundles: string, choice?: string, zipsTo?: string): Promise<Template> {
  const service = await serviceFolder();
  try {
    await symlink(bundles, join(service, '.build'));
    await packageStage(service, STAGE, packagedWith(choice), { BUNDLES: 'given' });
    const made = join(service, '.serverless');
    for (const file of zipsTo === undefined ? [] : await readdir(made))
      if (file.endsWith('.zip')) await copyFile(join(made, file), join(zipsTo as string, file));
    return JSON.parse(await readFile(join(made, 'cloudformation-template-update-stack.json'), 'utf8'));
  } finally {
    await rm(service, { recursive: true, force: true });
  }
}

async function notes(version: string): Promise<string> {
  const tags = await git('tag', '--merged', 'HEAD', '--sort=-version:refname', '--list', 'v[0-9]*');
  // Made again, a release tells of the same.
  const since = tags.find((tag) => tag !== `v${version}`);
  const subjects = await git('log', '--format=%s', since === undefined ? 'HEAD' : `${since}..HEAD`);
  const changes = await readFile(join(ROOT, 'docs/CHANGELOG.md'), 'utf8');
  return releaseNotes(version, since, subjects, changes);
}

async function git(...args: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)('git', args, { cwd: ROOT, maxBuffer: 67_108_864 });
  return stdout.split('\n').filter((line) => line !== '');
}

/** As `sha256sum -c` reads them. */
async function digestsOf(folder: string): Promise<string> {
  const lines = (await readdir(folder)).sort().map(async (file) => {
    const digest = createHash('sha256').update(await readFile(join(folder, file)));
    return `${digest.digest('hex')}  ${file}`;
  });
  return (await Promise.all(lines)).join('\n');
}

if (import.meta.main) {
  process.stdout.write(`release: ${await makeRelease()}
next: it is deployed from a bucket of yours in the region of the stack, ArtifactBucket; docs/release.md has the commands
`);
}
