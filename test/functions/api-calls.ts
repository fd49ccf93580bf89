// Calls of the machine-group API, with the routes as the OpenAPI document has them.
import { ROUTES } from '../../lib/build/openapi.ts';
import { PROJECT } from '../support/names.ts';
import type { HttpCall, Result } from './events.ts';

export const GROUP = 'test-machine-group';
export const CONFIG = 'access-log';

export interface CallParts {
  readonly parameters?: Record<string, string>;
  readonly query?: Record<string, string>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A request to the function of this name; `projectName` in the query unless the query is given. */
export function callOf(name: string, { parameters = {}, query, body, headers }: CallParts = {}): HttpCall {
  const route = ROUTES.find(({ function: file }) => file === name);
  if (!route) throw new Error(`no route of ${name}`);
  const named = { groupName: GROUP, configName: CONFIG, ...parameters };
  const used = Array.from(
    route.path.matchAll(/\{(\w+)\}/g),
    ([, parameter]) => parameter as keyof typeof named,
  );
  return {
    method: route.method,
    path: route.path.replace(/\{(\w+)\}/g, (_, parameter: keyof typeof named) =>
      encodeURIComponent(named[parameter]),
    ),
    parameters: Object.fromEntries(used.map((parameter) => [parameter, named[parameter]])),
    query: query ?? { projectName: PROJECT },
    ...(body !== undefined && {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    }),
  };
}

/** A group as the stand-in keeps it. */
export function storedGroup(changes: object = {}) {
  return {
    groupName: GROUP,
    groupType: '',
    groupAttribute: { groupTopic: 'testtopic', externalName: '' },
    machineIdentifyType: 'ip',
    machineList: ['10.0.0.1', '10.0.0.2'],
    createTime: 1_447_178_253,
    lastModifyTime: 1_447_178_253,
    ...changes,
  };
}

export const jsonOf = (result: Result) => JSON.parse(result.body);
export const codeOf = (result: Result): string => jsonOf(result).errorCode;
export const messageOf = (result: Result): string => jsonOf(result).errorMessage;
