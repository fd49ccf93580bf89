// The OpenAPI document: equal to what the schemas and the table say, valid, whole, and the same as what is deployed.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { functionFiles, ROOT } from '../../lib/build/bundle.ts';
import { OPENAPI_FILE, openApiDocument, ROUTES } from '../../lib/build/openapi.ts';
import { DOCUMENTED_ERRORS, OPERATIONS, type OperationName, routeOf } from '../../lib/sls/operations.ts';
import {
  documentedBodyTypes,
  documentedCodes,
  documentedMaximum,
  documentedSchema,
} from './openapi-document.ts';

test('the committed document is the one that is generated: node lib/build/openapi.ts', async () => {
  expect(JSON.parse(await readFile(OPENAPI_FILE, 'utf8'))).toEqual(openApiDocument());
});

test('redocly finds nothing wrong with it, and asks nobody about it', async () => {
  const home = await mkdtemp(join(tmpdir(), 'redocly-'));
  // Telemetry off is one thing; a proxy where nobody listens shows that nothing else calls out either.
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
  };
  const cli = join(ROOT, 'node_modules/@redocly/cli/bin/cli.js');
  const args = [cli, 'lint', '--format=json', 'lib/openapi.json'];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
    const { problems, totals } = JSON.parse(stdout);
    expect(problems).toEqual([]);
    expect(totals).toMatchObject({ errors: 0, warnings: 0 });
  } finally {
    await rm(home, { recursive: true });
  }
});

test('every file of lib/runtime/operations has its route, and a function of the same name', async () => {
  const files = await readdir(join(ROOT, 'lib/runtime/operations'));
  const routed = ROUTES.map(({ function: name }) => `${name}.ts`);
  expect(routed.toSorted()).toEqual(files.toSorted());
  const functions = (await functionFiles()).map((file) => basename(file));
  expect(routed.filter((name) => !functions.includes(name))).toEqual([]);
});

test('every operation of SLS has its route, at the path of SLS', () => {
  const served = ROUTES.filter(({ method }) => method !== 'PATCH').map(
    ({ operations, method, path }) => [operations.at(-1), method, path] as const,
  );
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const { method, path } = routeOf(name);
    expect(served).toContainEqual([name, method, path]);
  }
});

test('every documented error of an operation has an example at every route that calls it', () => {
  for (const { path, method, operations } of ROUTES) {
    for (const { errors } of operations.map((name) => OPERATIONS[name])) {
      for (const kind of errors) {
        // The group of an explanation is read as for a plan, where one that is missing is one to create.
        if (path === '/explain' && kind === 'group-missing') continue;
        const { status, code } = DOCUMENTED_ERRORS[kind];
        expect(documentedCodes(method, path, status), `${method} ${path}`).toContain(code);
      }
    }
  }
});

test('the document names the routes that serverless.yml deploys, each with its function', async () => {
  const yaml = await readFile(join(ROOT, 'serverless.yml'), 'utf8');
  const functions = yaml.slice(yaml.indexOf('\nfunctions:'), yaml.indexOf('\ncustom:'));
  const deployed = functions.split(/\n {2}(?=[a-z])/).flatMap((text) => {
    const name = /^([a-z-]+):/.exec(text)?.[1];
    const events = text.matchAll(/httpApi: \{ method: (\w+), path: "?([^",\s]+)"?/g);
    return Array.from(events, ([, method, path]) => `${name}: ${method} ${path}`);
  });
  const documented = ROUTES.map(({ function: name, method, path }) => `${name}: ${method} ${path}`);
  expect(documented.toSorted()).toEqual(deployed.toSorted());
});

test('a body has one media type: of two, generators take one that they like', () => {
  for (const { method, path, body } of ROUTES) {
    const types = body ? [method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'] : [];
    expect(documentedBodyTypes(method, path), `${method} ${path}`).toEqual(types);
  }
});

test('what the gateway answers by itself stands in the document, the 403 where it checks IAM', () => {
  for (const { method, path, body, iam } of ROUTES) {
    const statuses = [429, 500, 503, ...(iam === false ? [] : [403]), ...(body ? [413] : [])];
    for (const status of statuses) {
      const schema = documentedSchema(method, path, status);
      expect(schema, `${method} ${path} ${status}`).toContain('"#/components/schemas/GatewayRefusal"');
    }
  }
  expect(documentedSchema('POST', '/hooks/{source}', 403)).toBe('{}');
});

test('an offset has the one bound that the functions hold it to', () => {
  for (const path of ['/machinegroups', '/machinegroups/{groupName}/machines']) {
    expect(documentedMaximum('GET', path, 'offset')).toBe(2_147_483_647);
  }
});

test('no object of an answer or a body of the API stands without a name', () => {
  for (const { method, path, answers } of ROUTES.filter(({ path }) => path !== '/openapi.json')) {
    for (const { status = 200, schema, type } of answers) {
      if (!schema || type) continue;
      expect(documentedSchema(method, path, status), `${method} ${path}`).toMatch(
        /^\{"(?:anyOf":\[\{")?\$ref":"#\/components\/schemas\//,
      );
    }
  }
});
