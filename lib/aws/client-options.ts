// What every SDK client of this project is made with.
import { AWS_CLIENT_MS } from '../core/time/timeouts.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

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
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials: withoutUndefined(credentials) }),
  };
}

function withoutUndefined({ accessKeyId, secretAccessKey, sessionToken }: AwsCredentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
