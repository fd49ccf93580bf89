// The AWS services that inventory sources read through. Each SDK is loaded by the first call that needs it.

import type { AwsClientOptions } from './client-options.ts';
import { type DocumentOptions, documentReader } from './document.ts';
import type { Role } from './sts.ts';

/** @param base what a client is made with where a call asks for nothing else; nothing in production */
export function awsEdges(base: DocumentOptions = {}) {
  const at = ({ region, endpoint, credentials }: AwsClientOptions): AwsClientOptions => ({
    region: region ?? base.region,
    endpoint: endpoint ?? base.endpoint,
    credentials: credentials ?? base.credentials,
  });
  return {
    ec2: async (place: AwsClientOptions) => (await import('./ec2.ts')).openEc2(at(place)),
    autoScaling: async (place: AwsClientOptions) =>
      (await import('./auto-scaling.ts')).openAutoScaling(at(place)),
    assumeRole: async (role: Role, place: AwsClientOptions, signal?: AbortSignal) =>
      (await import('./sts.ts')).assumeRole(role, at(place), signal),
    readText: documentReader(base),
  };
}
