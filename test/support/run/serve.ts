// What takes long to make and many files need is made once a run, when the first of them asks: the bundles, the
// command line, packages of the service, servers of moto. Asked over a port of this process, since files run in others.

import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestProject } from 'vitest/node';
import { bundleCli } from '../../../lib/build/cli.ts';
import { keptBundles } from '../../../lib/build/kept.ts';
import { openLoopback } from '../loopback.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { startMoto } from './moto-server.ts';
import { packageOf } from './osls.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask. */
    run: string;
  }
}

export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  const bundles = once(() => keptBundles());
  const { path, remove } = temporaryFolder('run');
  const packages = new Map<string, ReturnType<typeof packageOf>>();
  const motos: Awaited<ReturnType<typeof startMoto>>[] = [];
  const idle: string[] = [];

  const answers: Readonly<Record<string, (about: never) => Promise<unknown>>> = {
    bundles,
    cli: once(() => bundleCli(join(path, 'sls-machine-groups.mjs'))),
    package(params: readonly string[]) {
      const key = JSON.stringify(params);
      const made = packages.get(key) ?? bundles().then((folder) => packageOf(folder, params));
      packages.set(key, made);
      return made;
    },
    async moto() {
      const url = idle.pop();
      if (url !== undefined) return url;
      const started = await startMoto();
      motos.push(started);
      return started.url;
    },
    /** Empty as a new one. */
    async 'moto-back'(url: string) {
      await fetch(`${url}/moto-api/reset`, { method: 'POST' });
      idle.push(url);
      return url;
    },
  };
  const answer = async (request: IncomingMessage) => {
    const [what, about] = JSON.parse(await text(request)) as [string, never];
    return JSON.stringify(await answers[what]?.(about));
  };
  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.end(body),
      (error) => response.writeHead(500).end(String(error.message)),
    );
  });
  const { address, close } = await openLoopback(server);
  project.provide('run', `http://${address}`);
  return async () => {
    await close();
    await Promise.all(motos.map(({ stop }) => stop()));
    const made = await Promise.allSettled(packages.values());
    const folders = made.flatMap((one) => (one.status === 'fulfilled' ? one.value.service : []));
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    remove();
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
