// The stand-in of SLS: a real HTTP server on 127.0.0.1 that answers the machine-group operations as the
// service is documented and was observed to. It keeps everything in memory, checks every signature by its own
// code, and fails on demand.
import type { Fault, Faults } from './faults.ts';
import { HOST, listen } from './loopback.ts';
import { type StandInKey, type StandInOptions, settle } from './options.ts';
import type { RecordedRequest } from './record.ts';
import { Service } from './service.ts';
import type { Heartbeat, Project, StoredGroup } from './state.ts';

export type { SignatureForm } from './accept.ts';
export type { AnswerFault, Fault, FaultAim, Faults, Moment, WaitFault } from './faults.ts';
export { DEFAULT_KEY, type StandInKey, type StandInOptions } from './options.ts';
export type { RecordedRequest } from './record.ts';
export type { ErrorFamily } from './refusal.ts';
export type { OperationName } from './routes.ts';
export type { Heartbeat, StoredGroup } from './state.ts';

export interface StandIn {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Requests go to `host:port` with `Host: {project}.{endpoint}`. */
  readonly endpoint: string;
  /** The latest requests, oldest first, refused ones included. */
  readonly requests: readonly RecordedRequest[];
  readonly faults: Faults<Fault>;
  /** Writes that came to a group while another one to it was under way. */
  readonly overlappingWrites: number;
  /** Groups of a project by name; changes to the map take effect. @throws Error for an unknown project */
  groups(project: string): Map<string, StoredGroup>;
  /** Names of the Logtail configs of a project; changes to the set take effect. */
  configs(project: string): Set<string>;
  /** Names of the configs applied to a group. */
  appliedConfigs(project: string, group: string): ReadonlySet<string>;
  addProject(name: string): void;
  /** Replaces every key the service knows. */
  setKeys(keys: readonly StandInKey[]): void;
  /** Replaces the machines that ListMachines shows for a group. */
  setHeartbeats(project: string, group: string, machines: readonly Heartbeat[]): void;
  /** Puts the service's clock this many milliseconds ahead of (or, negative, behind) its own clock. */
  setSkew(ms: number): void;
  forgetRequests(): void;
  /** Ends every connection and lets go of every fault that waits. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @throws the listening error, such as EADDRINUSE for a taken port */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const service = new Service(settle(options));
  const server = await listen(service.settings.port, (...exchange) => service.exchange(...exchange));
  const projectNamed = (name: string): Project => {
    const project = service.projects.get(name);
    if (!project) throw new Error(`the stand-in has no project ${name}`);
    return project;
  };
  return {
    host: HOST,
    port: server.port,
    endpoint: service.settings.endpoint,
    requests: service.requests,
    faults: service.faults,
    get overlappingWrites() {
      return service.underWay.overlapping;
    },
    groups: (project) => projectNamed(project).groups,
    configs: (project) => projectNamed(project).configs,
    appliedConfigs: (project, group) => projectNamed(project).applied.get(group) ?? new Set(),
    addProject: (name) => service.addProject(name),
    setKeys: (keys) => service.setKeys(keys),
    setHeartbeats: (project, group, machines) => {
      projectNamed(project).heartbeats.set(group, machines);
    },
    setSkew: (ms) => {
      service.skewMs = ms;
    },
    forgetRequests: () => {
      service.requests.length = 0;
    },
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
