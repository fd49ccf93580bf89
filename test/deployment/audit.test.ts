// `.ci/audit` against registries on loopback: one that knows of nothing, one that knows of vulnerabilities, one that
// has no such answer, and none at all.
import { execFile } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';
import { openLoopback } from '../support/loopback.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { share } from '../support/whole.ts';

/** A package that is deployed, whatever its version. */
const NAME = 'zod';

interface Audited {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Requests that the registry saw. */
  readonly asked: readonly string[];
}

/** @param answer to the question for advisories; undefined for a registry that is not there */
async function audit(answer: RequestListener | undefined): Promise<Audited> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    if (request.method === 'POST') answer?.(request, response);
    // What npm reads of a package to find out which versions are mended.
    else response.end(JSON.stringify({ name: NAME, 'dist-tags': {}, versions: {} }));
  });
  await using registry = await openLoopback(server);
  if (!answer) await registry.close();
  using cache = temporaryFolder('npm');
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    npm_config_registry: `http://${registry.address}/`,
    npm_config_cache: cache.path,
    npm_config_fetch_retries: '0',
    npm_config_update_notifier: 'false',
  };
  return await new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, '.ci/audit')], { cwd: ROOT, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr, asked }),
    );
  });
}

const advisories = (severity?: string): RequestListener => {
  const advisory = {
    id: 1,
    url: 'https://advisories.example/1',
    title: 'Made up for a test',
    severity,
    vulnerable_versions: '*',
    cwe: [],
    cvss: { score: 0, vectorString: null },
  };
  return (_request, response) =>
    void response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(severity ? { [NAME]: [advisory] } : {}));
};

const FOUND = [
  ['a moderate one', 'moderate', 0, /^moderate: zod .*: Made up for a test\n1 packages .*, 0 of them/],
  ['a high one', 'high', 1, /^high: zod .*: Made up for a test\n1 packages .*, 1 of them/],
  ['nothing', undefined, 0, '0 packages with known vulnerabilities, 0 of them high or critical\n'],
  ['a low one', 'low', 0, /^low: zod .*: Made up for a test\n1 packages .*, 0 of them/],
  ['a critical one', 'critical', 1, /^critical: zod .*: Made up for a test\n1 packages .*, 1 of them/],
] as const;
// A process of npm each: the two on either side of the line are the share.
test.each(share<(typeof FOUND)[number][]>(FOUND.slice(0, 2), [...FOUND]))(
  'the audit counts what the registry knows of: %s',
  async (_, severity, code, says) => {
    const run = await audit(advisories(severity));
    expect(run).toMatchObject({ code, stderr: '' });
    expect(run.asked[0]).toBe('POST /-/npm/v1/security/advisories/bulk');
    if (typeof says === 'string') expect(run.stdout).toBe(says);
    else expect(run.stdout).toMatch(says);
  },
);

test.each(
  share([[405, 'the registry answered 405 Method Not Allowed']] as [number, string][], [
    [405, 'the registry answered 405 Method Not Allowed'],
    [404, 'the registry answered 404 Not Found'],
    [501, 'the registry answered 501 Not Implemented'],
  ]),
)(
  'the audit is skipped when the registry answers %i, and does not tell its address',
  async (status, says) => {
    const run = await audit((_request, response) => void response.writeHead(status).end());
    expect(run).toMatchObject({ code: 77, stdout: `skipped: ${says}\n`, stderr: '' });
  },
);

test('the audit is skipped when no registry is there, and does not tell its address', async () => {
  const run = await audit(undefined);
  expect(run).toMatchObject({
    code: 77,
    stdout: 'skipped: the registry was not reached (ECONNREFUSED)\n',
    stderr: '',
  });
});
