// Where a project's requests go: their host, the region they are signed for, and a way to send the bytes
// elsewhere. Source: Endpoints page; region extraction as in the official Go SDK.
import type { Endpoint } from '../core/address/endpoint.ts';

/** Host and port that get the bytes instead, while `Host` stays true (curl's `--connect-to`). */
export interface ConnectTo {
  readonly host: string;
  readonly port: number;
}

/** @throws TypeError unless the text is `host:port`; IPv6 addresses stand in brackets. */
export function parseConnectTo(text: string): ConnectTo {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text);
  const port = parsePort(parts?.[3]);
  const host = parts?.[1] ?? parts?.[2];
  if (!host || !port) throw new TypeError('connect-to is not host:port');
  return { host, port };
}

/** Value of the `Host` header: `{project}.{endpoint}`, with the port only when it is not the default. */
export function projectHost(endpoint: Endpoint, project: string): string {
  const host = `${project}.${endpoint.host}`;
  return endpoint.port === undefined ? host : `${host}:${endpoint.port}`;
}

/** Region named by an endpoint's host, or undefined where it names none (transfer acceleration). */
export function regionOf(endpoint: Endpoint): string | undefined {
  const region = /^([a-z0-9-]+)\.(?:log|sls)\.aliyuncs\.com$/.exec(endpoint.host)?.[1];
  return region?.replace(/-(?:intranet|internal|share|vpc)$/, '');
}

/** Regions of dedicated clusters answer V4 only. */
export function requiresV4(region: string | undefined): boolean {
  return region?.includes('-acdr-ut-') ?? false;
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (port < 1 || port > 65_535) throw new TypeError('port is not between 1 and 65535');
  return port;
}
