// One request from its bytes to its answer: checked, recorded, met by faults, carried out.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkRequest, projectOfHost } from './accept.ts';
import { type Answer, bare, failure, reset, send, sendTruncated, success } from './answer.ts';
import { type AnswerFault, aimedAt, type Fault, FaultBook, type FaultTarget } from './faults.ts';
import { answerFault, readBody, sitOut } from './loopback.ts';
import type { Settings, StandInKey } from './options.ts';
import type { Received } from './received.ts';
import { type RecordedRequest, recorded } from './record.ts';
import { Refusal, refusals } from './refusal.ts';
import { findRoute, type Route } from './routes.ts';
import { Project } from './state.ts';
import { WritesUnderWay } from './under-way.ts';
import { readWire, utf8, type WireRequest } from './wire.ts';

export class Service {
  readonly settings: Settings;
  readonly projects: ReadonlyMap<string, Project>;
  readonly requests: RecordedRequest[] = [];
  readonly faults = new FaultBook<Fault, FaultTarget>(aimedAt);
  readonly underWay = new WritesUnderWay();
  readonly #projects: Map<string, Project>;
  #keys: ReadonlyMap<string, StandInKey>;
  skewMs = 0;

  constructor(settings: Settings) {
    this.settings = settings;
    this.#projects = new Map(settings.projects.map((name) => [name, new Project()]));
    this.projects = this.#projects;
    this.#keys = byId(settings.keys);
  }

  /** The service's clock, in milliseconds since the epoch. */
  now(): number {
    return this.settings.clock() + this.skewMs;
  }

  addProject(name: string): void {
    if (!this.#projects.has(name)) this.#projects.set(name, new Project());
  }

  setKeys(keys: readonly StandInKey[]): void {
    this.#keys = byId(keys);
  }

  async exchange(incoming: IncomingMessage, response: ServerResponse, closing: AbortSignal): Promise<void> {
    const { body, bytes } = await readBody(incoming, this.settings.bodyLimit);
    const wire = readWire(incoming.method ?? '', incoming.url ?? '', incoming.rawHeaders, body);
    const received = this.receive(wire, bytes);
    const leave = this.underWay.enter(received);
    await sitOut(received.faults, 'before', closing);
    const outcome = this.carryOut(received);
    await sitOut(received.faults, 'after', closing);
    leave();
    const answer = this.conclude(received, outcome);
    if (answer === undefined) return reset(response);
    if (response.destroyed) return;
    const write = received.fault?.kind === 'truncate' ? sendTruncated : send;
    write(response, answer);
  }

  /** Checks a request and finds the faults that happen to it; nothing has taken place yet. */
  receive(wire: WireRequest, bytes = wire.body.length): Received {
    const requestId = randomBytes(12).toString('hex').toUpperCase();
    const route = findRoute(wire);
    const project = projectOfHost(wire, this.settings);
    const seen = { wire, route, project, requestId };
    const refused = refusalOf(() => this.#check(wire, project, bytes));
    if (refused) return { ...seen, refused, faults: [], fault: undefined };
    const { method, rawPath: path } = wire;
    const faults = this.faults.take({ operation: route?.operation, method, path, project });
    return { ...seen, refused, faults, fault: answerFault(faults) };
  }

  /** Lets a received request take effect, as far as its fault leaves it one. */
  carryOut({ refused, wire, route, project, fault }: Received): Answer {
    return refused ? failure(refused) : this.#carryOut(wire, route, project, fault);
  }

  /** Records a request and gives the answer as it goes out; undefined where the connection is reset instead. */
  conclude({ refused: _r, faults: _f, fault, ...seen }: Received, outcome: Answer): Answer | undefined {
    const answer = fault?.kind === 'reset' ? undefined : outcome;
    this.#keep(recorded({ ...seen, at: this.now(), answer, fault }));
    return answer && { ...answer, headers: { ...this.#commonHeaders(seen.requestId), ...answer.headers } };
  }

  #keep(request: RecordedRequest): void {
    this.requests.push(request);
    if (this.requests.length > this.settings.requestLog) this.requests.shift();
  }

  /** @throws Refusal */
  #check(wire: WireRequest, project: string, bytes: number): void {
    if (project === '') throw refusals.invalidHost(wire.headers.get('host') ?? '');
    if (bytes >= this.settings.bodyLimit) throw refusals.bodyTooLarge(bytes, this.settings.bodyLimit);
    checkRequest(wire, this.#keys, this.settings, this.now());
    if (this.projects.get(project)?.takesCall(this.now(), this.settings.callsASecond) === false)
      throw refusals.tooManyCalls();
  }

  /** Runs the operation unless the fault comes first, and gives the answer that the fault leaves of it. */
  #carryOut(
    wire: WireRequest,
    route: Route | undefined,
    project: string,
    fault: AnswerFault | undefined,
  ): Answer {
    switch (fault?.kind) {
      case 'error':
      case 'raw':
        if (fault.effect) this.#operate(wire, route, project, false);
        return faultAnswer(fault);
      case 'reset':
        return fault.moment === 'before' ? bare(0) : this.#operate(wire, route, project, false);
      default:
        return this.#operate(wire, route, project, fault?.kind === 'stale-read');
    }
  }

  #operate(wire: WireRequest, route: Route | undefined, name: string, stale: boolean): Answer {
    let result: object | undefined;
    const refused = refusalOf(() => {
      const project = this.projects.get(name);
      if (!project) throw refusals.projectMissing(name);
      if (!route) throw refusals.invalidMethod(wire.rawPath);
      result = route.behave({
        project,
        visibleGroups: stale ? project.groupsBefore : project.groups,
        group: route.group,
        config: route.config,
        query: new Map([...wire.query].map(([key, value]) => [utf8(key), utf8(value)])),
        body: wire.body,
        now: Math.floor(this.now() / 1000),
        settings: this.settings,
      });
    });
    return refused ? failure(refused) : success(result);
  }

  #commonHeaders(requestId: string): Record<string, string> {
    return { server: 'nginx', date: new Date(this.now()).toUTCString(), 'x-log-requestid': requestId };
  }
}

function faultAnswer(fault: Extract<AnswerFault, { kind: 'error' | 'raw' }>): Answer {
  if (fault.kind === 'raw') {
    return {
      status: fault.status ?? 502,
      headers: { 'content-type': fault.contentType ?? 'text/html', ...fault.headers },
      body: Buffer.from(fault.body),
    };
  }
  const { status, code, message = '' } = fault;
  const answer = code === undefined ? bare(status) : failure({ status, code, message });
  return { ...answer, headers: { ...answer.headers, ...fault.headers } };
}

/** The refusal that `check` throws, if it throws one. Any other error is a mistake in here and goes on. */
function refusalOf(check: () => void): Refusal | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function byId(keys: readonly StandInKey[]): ReadonlyMap<string, StandInKey> {
  return new Map(keys.map((key) => [key.accessKeyId, key]));
}
