// Certificates for servers of the tests, made now by openssl, so that no private key is kept with the sources.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

export interface CertificatePair {
  readonly key: Buffer;
  readonly cert: Buffer;
}

const KINDS = {
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
  rsa: ['-newkey', 'rsa:2048'],
};

/** A self-signed certificate for one name, good for two days; undefined where openssl cannot make one. */
export function certificateFor(name: string, kind: keyof typeof KINDS = 'ec'): CertificatePair | undefined {
  using folder = temporaryFolder('certificate');
  const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  try {
    execFileSync(
      'openssl',
      ['req', '-x509', ...KINDS[kind], '-nodes', '-days', '2', ...subject, '-keyout', key, '-out', cert],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return undefined;
  }
}
