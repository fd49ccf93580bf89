// The parts of the client that are values in, values out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEndpoint } from '../../../lib/core/address/endpoint.ts';
import { parseConnectTo, projectHost, regionOf, requiresV4 } from '../../../lib/sls/endpoint.ts';
import { kindOfAnswer, SlsError, type SlsErrorKind } from '../../../lib/sls/errors.ts';
import { isPassing, parseRetryAfter, waitMs } from '../../../lib/sls/retry.ts';

const target = { operation: 'GetMachineGroup', project: 'p' } as const;
const errorOf = (kind: SlsErrorKind, retryAfterMs?: number) =>
  new SlsError('', { ...target, kind, code: 'C', retryAfterMs });

describe('endpoint', () => {
  test('puts the port into Host when it is not the default', () => {
    expect(projectHost(parseEndpoint('host'), 'p')).toBe('p.host');
    expect(projectHost(parseEndpoint('http://host:81'), 'p')).toBe('p.host:81');
  });
  test.each([
    ['cn-hangzhou.log.aliyuncs.com', 'cn-hangzhou'],
    ['cn-hangzhou-intranet.log.aliyuncs.com', 'cn-hangzhou'],
    ['cn-hangzhou-internal.log.aliyuncs.com', 'cn-hangzhou'],
    ['cn-hangzhou-share.log.aliyuncs.com', 'cn-hangzhou'],
    ['cn-hangzhou-corp.sls.aliyuncs.com', 'cn-hangzhou-corp'],
    ['log-global.aliyuncs.com', undefined],
    ['example.com', undefined],
  ])('reads the region of %s', (text, region) => expect(regionOf(parseEndpoint(text))).toBe(region));
  test('says that dedicated clusters take V4 only', () => {
    expect(requiresV4('cn-hangzhou-acdr-ut-3')).toBe(true);
    expect(requiresV4('cn-heyuan-acdr-1')).toBe(false);
    expect(requiresV4(undefined)).toBe(false);
  });
});

describe('connect-to', () => {
  test.each([
    ['127.0.0.1:80', '127.0.0.1', 80],
    ['[::1]:443', '::1', 443],
    ['proxy.example:8443', 'proxy.example', 8443],
  ])('reads host and port of %s', (text, host, port) => expect(parseConnectTo(text)).toEqual({ host, port }));
  test.each(['', 'host', ':80', 'host:', 'host:0', 'host:65536', '::1:80'])('refuses "%s"', (text) => {
    expect(() => parseConnectTo(text)).toThrow(TypeError);
  });
});

describe('an answer', () => {
  test.each([
    [400, 'MachineGroupAlreadyExist', 'group-exists'],
    [400, 'GroupAlreadyExist', 'group-exists'],
    [404, 'MachineGroupNotExist', 'group-missing'],
    [404, 'GroupNotExist', 'group-missing'],
    [404, 'ProjectNotExist', 'project-missing'],
    [404, 'ProjectNotExists', 'project-missing'],
    [403, 'MetaOperationQpsLimitExceeded', 'throttled'],
    [403, 'SomethingNew', 'forbidden'],
    [401, 'SomethingNew', 'credentials'],
    [400, 'SomethingNew', 'invalid-parameter'],
    [503, 'SomethingNew', 'server'],
    [429, undefined, 'throttled'],
    [502, undefined, 'server'],
    [404, undefined, 'protocol'],
    [401, undefined, 'protocol'],
    [302, undefined, 'protocol'],
  ])('with %i %s has its kind', (status, code, kind) => expect(kindOfAnswer(status, code)).toBe(kind));
});

describe('a wait', () => {
  test('follows the four kinds of errors that pass, and no other', () => {
    const kinds: SlsErrorKind[] = ['unreachable', 'timeout', 'server', 'throttled'];
    for (const kind of kinds) expect(isPassing(errorOf(kind))).toBe(true);
    const lasting: SlsErrorKind[] = [
      'group-exists',
      'group-missing',
      'invalid-parameter',
      'credentials',
      'protocol',
    ];
    for (const kind of lasting) expect(isPassing(errorOf(kind))).toBe(false);
  });
  test('stays between the floor and the floor plus the ceiling', () => {
    const kind = fc.constantFrom<SlsErrorKind>('server', 'throttled', 'unreachable');
    const retryAfter = fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined });
    const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(
        kind,
        retryAfter,
        fc.integer({ min: 1, max: 20 }),
        random,
        (kind, after, failures, value) => {
          const wait = waitMs(errorOf(kind, after), failures, () => value);
          const floor = after ?? (kind === 'throttled' ? 3_000 : 0);
          expect(wait).toBeGreaterThanOrEqual(floor);
          expect(wait).toBeLessThanOrEqual(floor + Math.min(5_000, 200 * 2 ** (failures - 1)));
        },
      ),
    );
  });
  test.each([
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-1', undefined],
    ['2', 2_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('follows or ignores Retry-After "%s"', (value, ms) => expect(parseRetryAfter(value, 1_000)).toBe(ms));
});
