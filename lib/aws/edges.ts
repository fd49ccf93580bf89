// The AWS services that inventory sources read through. Each SDK is loaded by the first call that needs it.

import type { AwsClientOptions } from './client-options.ts';
import { documentReader } from './document.ts';
import type { Role } from './sts.ts';

/** @param base what every client is made with, below what a call asks for; nothing in production */
export function awsEdges(base: AwsClientOptions = {}) {
  return {
    ec2: async (place: AwsClientOptions) => (await import('./ec2.ts')).openEc2({ ...base, ...place }),
    autoScaling: async (place: AwsClientOptions) =>
      (await import('./auto-scaling.ts')).openAutoScaling({ ...base, ...place }),
    assumeRole: async (role: Role, place: AwsClientOptions, signal?: AbortSignal) =>
      (await import('./sts.ts')).assumeRole(role, { ...base, ...place }, signal),
    readText: documentReader(base),
  };
}
