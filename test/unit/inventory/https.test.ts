// TLS with a checked address: the connection goes to the address, the certificate is that of the name.
import { createServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open as openHttp } from '../../../lib/inventory/sources/http/read.ts';
import { httpSource } from '../../../lib/inventory/sources/http/settings.ts';
import { certificateFor } from '../../support/certificate.ts';
import { type LoopbackServer, openLoopback } from '../../support/loopback.ts';
import { needs } from '../../support/needs.ts';

const NAME = 'inventory.test';

const pair = certificateFor(NAME);

describe('https', needs(pair ? undefined : 'openssl cannot make a certificate here'), () => {
  const before = getCACertificates('default');
  const server = createServer(pair ?? {}, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('["10.0.0.1"]');
  });
  let listening: LoopbackServer;
  const names: string[] = [];
  server.on('tlsClientError', () => {});
  server.on('secureConnection', (socket) => names.push(String(socket.servername)));

  beforeAll(async () => {
    setDefaultCACertificates([...before, String(pair?.cert)]);
    listening = await openLoopback(server);
  });
  afterAll(async () => {
    setDefaultCACertificates(before);
    await listening?.close();
  });

  const open = (name: string) => {
    const url = `https://${name}:${listening.port}/`;
    const settings = httpSource.parse({ type: 'http', url, format: 'list', allowLoopback: true });
    return openHttp(settings, 's', 'ip', {
      now: () => 0,
      secret: async () => '',
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    });
  };

  it('checks the certificate against the name, on a connection to the checked address', async () => {
    expect((await open(NAME).snapshot()).machines).toMatchObject([{ value: '10.0.0.1' }]);
    expect(names).toEqual([NAME]);
  });

  it('refuses the certificate of another name', async () => {
    await expect(open('other.test').snapshot()).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/^s: ERR_TLS_CERT_ALTNAME_INVALID at other\.test:\d+$/),
    });
  });
});
