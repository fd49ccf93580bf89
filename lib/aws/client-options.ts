// What every SDK client of this project is made with.

import type { AwsCredentials } from '../core/reading/edges.ts';
import { defined } from '../core/text/defined.ts';
import { AWS_CLIENT_MS } from '../core/time/timeouts.ts';

export interface AwsClientOptions {
  /** The environment's region where absent. */
  readonly region?: string | undefined;
  /** For a stand-in of the service; AWS where absent. */
  readonly endpoint?: string | undefined;
  /** The environment's credentials where absent. */
  readonly credentials?: AwsCredentials | undefined;
}

/** A few attempts: the next run tries again. */
export function clientConfig({ region, endpoint, credentials }: AwsClientOptions) {
  return {
    maxAttempts: 4,
    requestHandler: { ...AWS_CLIENT_MS, throwOnRequestTimeout: true },
    ...defined({ region, endpoint, credentials: credentials && defined(credentials) }),
  };
}
