// What a run reads once: who gets what, who gives up, and who closes.
import { expect, it, test } from 'vitest';
import { type Ask, openReadings } from '../../../lib/inventory/readings.ts';
import { assumeOnce } from '../../../lib/inventory/roles.ts';

const readings = () => openReadings([]);
const FOR_ALL = Number.POSITIVE_INFINITY;

it('begins once, and hands out the answer and the failure alike', async () => {
  const shared = readings();
  let begun = 0;
  const begin = (outcome: () => string) => async () => {
    begun += 1;
    return outcome();
  };
  const answers = Array.from({ length: 3 }, () =>
    shared.share(
      'a',
      FOR_ALL,
      begin(() => `${begun}`),
    ),
  );
  expect(await Promise.all(answers)).toEqual(['1', '1', '1']);
  const broken = new Error('broken');
  const fail = begin(() => {
    throw broken;
  });
  const failures = Array.from({ length: 3 }, () => shared.share('b', FOR_ALL, fail));
  expect((await Promise.allSettled(failures)).map((one) => 'reason' in one && one.reason)).toEqual(
    Array(3).fill(broken),
  );
  await expect(shared.share('b', FOR_ALL, fail)).rejects.toBe(broken);
  expect(begun).toBe(2);
});

it('keeps nothing that nobody else will ask for', async () => {
  const shared = readings();
  let begun = 0;
  const ask = () =>
    shared.share('a', 2, async () => {
      begun += 1;
      return begun;
    });
  expect([await ask(), await ask(), await ask()]).toEqual([1, 1, 2]);
});

it('goes on for whoever waits when another one gives up, and stops with the last', async () => {
  const shared = readings();
  const [first, second] = [new AbortController(), new AbortController()];
  let stopped = false;
  const begin = (signal: AbortSignal) =>
    new Promise<string>((_, reject) => {
      signal.addEventListener('abort', () => {
        stopped = true;
        reject(new Error('stopped'));
      });
    });
  const one = shared.share('a', FOR_ALL, begin, first.signal);
  const other = shared.share('a', FOR_ALL, begin, second.signal);
  first.abort();
  await expect(one).rejects.toMatchObject({ code: 'aborted' });
  expect(stopped).toBe(false);
  second.abort();
  await expect(other).rejects.toThrow('stopped');
  expect(stopped).toBe(true);
  // That they gave up is no answer to whoever comes later.
  expect(await shared.share('a', FOR_ALL, async () => 'read')).toBe('read');
});

test('a reading that one source of several gave up is whole for the others', async () => {
  const shared = readings();
  const gaveUp = new AbortController();
  const read = Promise.withResolvers<string>();
  const one = shared.share('a', FOR_ALL, () => read.promise, gaveUp.signal);
  const other = shared.share('a', FOR_ALL, () => read.promise, new AbortController().signal);
  gaveUp.abort();
  read.resolve('whole');
  await expect(one).rejects.toMatchObject({ code: 'aborted' });
  expect(await other).toBe('whole');
  expect(await shared.share('a', FOR_ALL, async () => 'anew')).toBe('whole');
});

it('opens a client once for all who use it at a time, and closes it with the last', async () => {
  const shared = readings();
  const told: string[] = [];
  const open = () => {
    told.push('open');
    return { close: () => void told.push('close') };
  };
  const [slow, fast] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const all = [shared.using('a', open, () => slow.promise), shared.using('a', open, () => fast.promise)];
  fast.reject(new Error('failed'));
  await expect(all[1]).rejects.toThrow('failed');
  expect(told).toEqual(['open']);
  slow.resolve();
  await all[0];
  expect(told).toEqual(['open', 'close']);
});

test('a client that cannot be opened fails whoever wanted it, and is opened anew later', async () => {
  const shared = readings();
  const refused = () => Promise.reject(new Error('refused'));
  await expect(shared.using('a', refused, async () => 1)).rejects.toThrow('refused');
  expect(
    await shared.using(
      'a',
      () => ({ close: () => undefined }),
      async () => 2,
    ),
  ).toBe(2);
});

it('counts who asks for what, by kind', () => {
  const ask = (type: string, url: string): Ask => ({
    settings: { type, url } as Ask['settings'],
    label: 'sources[0]',
    identify: 'ip',
  });
  const shared = openReadings([ask('http', 'a'), ask('file', 'a'), ask('http', 'b'), ask('http', 'a')]);
  const keysOf = ({ url }: { readonly type: string; readonly url: string }) => [url, 'any'];
  const counts = Array.from(shared.asked('http', keysOf), ([key, { length }]) => [key, length]);
  expect(counts).toEqual([
    ['a', 2],
    ['any', 3],
    ['b', 1],
  ]);
});

test('a role is assumed once, and in the own region where that of another source refuses', async () => {
  const shared = readings();
  const asked: string[] = [];
  const assumeIn = async (region: string) => {
    asked.push(region);
    if (region === 'off') throw new Error('the region is not enabled');
    return `session of ${region}`;
  };
  const { signal } = new AbortController();
  const assume = (role: string, region: string) => assumeOnce(shared, role, region, assumeIn, signal);
  expect(await Promise.all([assume('a', 'eu'), assume('a', 'us')])).toEqual([
    'session of eu',
    'session of eu',
  ]);
  await expect(assume('b', 'off')).rejects.toThrow('not enabled');
  await expect(assume('b', 'off')).rejects.toThrow('not enabled');
  expect(await Promise.all([assume('b', 'us'), assume('b', 'us')])).toEqual([
    'session of us',
    'session of us',
  ]);
  expect(asked).toEqual(['eu', 'off', 'us']);
});
