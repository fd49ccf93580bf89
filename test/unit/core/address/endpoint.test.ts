// The grammar of endpoints, and the one spelling by which they are compared.
import { describe, expect, test } from 'vitest';
import { endpointText, parseEndpoint } from '../../../../lib/core/address/endpoint.ts';

const HOST = 'cn-hangzhou.log.aliyuncs.com';

test.each([
  [HOST, 'https:', undefined, `https://${HOST}`],
  [`https://${HOST}/`, 'https:', undefined, `https://${HOST}`],
  [`${HOST}:443`, 'https:', undefined, `https://${HOST}`],
  [`${HOST}:80`, 'https:', 80, `https://${HOST}:80`],
  [`http://${HOST}`, 'http:', undefined, `http://${HOST}`],
  [`http://${HOST}:80/`, 'http:', undefined, `http://${HOST}`],
  [`http://${HOST}:443`, 'http:', 443, `http://${HOST}:443`],
  [`http://${HOST}:8080`, 'http:', 8080, `http://${HOST}:8080`],
  [`${HOST}:1`, 'https:', 1, `https://${HOST}:1`],
  [`${HOST}:65535`, 'https:', 65_535, `https://${HOST}:65535`],
])('reads the endpoint %s', (text, protocol, port, spelt) => {
  expect(parseEndpoint(text)).toEqual({ protocol, host: HOST, port });
  expect(endpointText(parseEndpoint(text))).toBe(spelt);
  expect(parseEndpoint(spelt)).toEqual(parseEndpoint(text));
});

describe('is refused as an endpoint:', () => {
  test.each([
    '',
    'https://',
    'ftp://host',
    'HTTPS://host',
    'host/path',
    'host//',
    'user@host',
    'HOST',
    'host:',
    'host:0',
    'host:0080',
    'http://a:0080',
    'host:65536',
    'host:99999',
    'host?x',
    'host#x',
    '-host',
    'host.',
    'a b',
    ' host',
    'host\n',
    '[::1]',
    'a'.repeat(254),
  ])('"%s"', (text) => expect(() => parseEndpoint(text)).toThrow(TypeError));
});
