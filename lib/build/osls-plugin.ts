// Makes `osls package`, `deploy` and `offline` bundle the functions first, so that none of them can work on
// yesterday's code, and writes the bill of what is in the bundles. The options stay in bundle.ts, which the tests use too.

const BEFORE = [
  'before:package:createDeploymentArtifacts',
  'before:package:function:package',
  'before:offline:start',
  'before:offline:start:init',
] as const;

export default class BundlePlugin {
  readonly hooks = Object.fromEntries(BEFORE.map((event) => [event, bundleFunctions]));
}

// Imported late: commands that bundle nothing then start without esbuild, and osls, which loads plugins with
// `require`, meets no top-level await.
async function bundleFunctions(): Promise<void> {
  const { bundleAll, DEFAULT_OUTDIR } = await import('./bundle.ts');
  const { writeBillOfMaterials } = await import('./sbom.ts');
  await writeBillOfMaterials(await bundleAll({ outdir: DEFAULT_OUTDIR }), DEFAULT_OUTDIR);
}
