// What a stand-in can be told, and what it is when told nothing.
import type { ErrorFamily } from './refusal.ts';

/** An AccessKey the service knows. */
export interface StandInKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Makes it a temporary (STS) key: requests have to carry exactly this token. */
  readonly securityToken?: string;
  /** End of a temporary key, in milliseconds since the epoch. */
  readonly expiresAt?: number;
  readonly disabled?: boolean;
}

export interface StandInOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Endpoint below which projects are host names. */
  readonly endpoint?: string;
  /** Further names of the same endpoint, such as its `-intranet` and `-internal` ones. */
  readonly otherEndpoints?: readonly string[];
  /** Region that V4 credentials have to name; by default the one in the endpoint's name. */
  readonly region?: string;
  readonly projects?: readonly string[];
  readonly keys?: readonly StandInKey[];
  /** The service's clock before skew, in milliseconds since the epoch. */
  readonly clock?: () => number;
  readonly errorFamily?: ErrorFamily;
  /** False for an endpoint that takes V4 only, as the `-acdr-ut-` regions do. */
  readonly allowV1?: boolean;
  /** Both are documented for a key that is not there; the service was seen to send the first. */
  readonly unknownKeyCode?: 'Unauthorized' | 'InvalidAccessKeyId';
  /** The documentation has the first; official SDKs refresh on the other two as well. */
  readonly tokenExpiredCode?: 'Unauthorized' | 'SecurityTokenExpired' | 'SecurityToken.Expired';
  /** False for a service that misses `x-log-bodyrawsize` only with compressed bodies (2021 documents). */
  readonly requireBodyRawSize?: boolean;
  /** Machine groups a project may have. */
  readonly groupQuota?: number;
  /** Calls that a project takes in a second of the service's clock; others are refused. */
  readonly callsASecond?: number;
  /** Bodies of this many bytes or more are refused. */
  readonly bodyLimit?: number;
  /** How many of the latest requests are kept in `requests`. */
  readonly requestLog?: number;
}

export type Settings = Required<StandInOptions>;

/** Visibly fake; what `startStandIn()` accepts when no keys are given. */
export const DEFAULT_KEY: StandInKey = {
  accessKeyId: 'test-key-id',
  accessKeySecret: 'not-a-real-secret',
};

/** The project that it has when none are given. */
export const DEFAULT_PROJECT = 'ali-test-project';

export function settle(options: StandInOptions): Settings {
  const endpoint = options.endpoint ?? 'cn-hangzhou.log.aliyuncs.com';
  return {
    port: 0,
    endpoint,
    otherEndpoints: [],
    region: regionOf(endpoint),
    projects: [DEFAULT_PROJECT],
    keys: [DEFAULT_KEY],
    clock: Date.now,
    errorFamily: 'MachineGroup',
    allowV1: true,
    unknownKeyCode: 'Unauthorized',
    tokenExpiredCode: 'Unauthorized',
    requireBodyRawSize: true,
    groupQuota: 200,
    callsASecond: Number.POSITIVE_INFINITY,
    bodyLimit: 10_485_760,
    requestLog: 10_000,
    ...options,
  };
}

function regionOf(endpoint: string): string {
  return endpoint
    .replace(/\.(?:log|sls)\.aliyuncs\.com$/, '')
    .replace(/-(?:intranet|internal|share|vpc)$/, '');
}
