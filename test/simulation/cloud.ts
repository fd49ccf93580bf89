// The service and the way to it: the stand-in without sockets, a network that loses time and answers, and the
// console, where people and other tools change groups as they like.

import {
  type Transport,
  TransportError,
  type WireAnswer,
  type WireRequest,
} from '../../lib/sls/transport.ts';
import type { StoredGroup } from '../standin/index.ts';
import { settle } from '../standin/options.ts';
import { type Received, Service } from '../standin/service.ts';
import type { Project } from '../standin/state.ts';
import { readWire } from '../standin/wire.ts';
import type { Dice } from './dice.ts';
import type { Journal } from './journal.ts';
import type { Look, RunRecord, Seen, Sent } from './record.ts';
import { PROJECT } from './scenario.ts';
import type { Tally } from './tally.ts';
import type { VirtualTime } from './time.ts';
import { CALM, FAULTS, type Mishap, mishap, type Weather } from './weather.ts';

/** A process that makes calls; one that was killed is never called back. */
export interface Caller {
  readonly record: RunRecord;
  resume(next: () => void): void;
}

export interface CloudDeps {
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly tally: Tally;
  readonly journal: Journal;
  /** Told of every write of a run that took effect. */
  readonly wrote: (sent: Sent) => void;
  /** Told when a run has been shown a group: whoever wants to get in between its read and its write may now. */
  readonly looked: (name: string) => void;
}

interface Attempt {
  readonly key: string;
  readonly request: WireRequest;
  readonly leftAt: number;
  readonly sent: Sent | undefined;
}

interface Served {
  /** Undefined where the connection was reset. */
  readonly answer: WireAnswer | undefined;
  readonly received: Received;
  readonly seen: Seen;
}

export class Cloud {
  readonly service: Service;
  weather: Weather = CALM;
  readonly #deps: CloudDeps;
  #order = 0;
  /** By group: the latest writes, and which run made them; none for people and tools. */
  readonly #writes = new Map<string, { readonly at: number; readonly run: RunRecord | undefined }[]>();

  constructor(stored: readonly StoredGroup[], deps: CloudDeps) {
    this.#deps = deps;
    this.service = new Service(settle({ clock: deps.time.now, requestLog: 1 }));
    for (const group of stored) this.#project.groups.set(group.groupName, group);
  }

  get groups(): ReadonlyMap<string, StoredGroup> {
    return this.#project.groups;
  }

  /** The next moment in the order in which things happen; times of day may coincide. */
  moment(): number {
    this.#order += 1;
    return this.#order;
  }

  become(weather: Weather): void {
    this.weather = weather;
    this.service.skewMs = weather.skewMs;
  }

  /** Somebody else's write. */
  change(who: string, name: string, to: (group: Seen, now: number) => Seen): void {
    const now = Math.floor(this.service.now() / 1000);
    const before = this.#project.groups.get(name);
    const after = to(before, now);
    if (after === before) return;
    this.#project.write(name, after && { ...after, lastModifyTime: now });
    this.#wrote(name, undefined);
    this.#deps.journal.note(() => `${who} changes ${name}: ${shown(after)}`);
  }

  /** @param caller whose calls these are, asked anew for each */
  transport(caller: () => Caller): Transport {
    return (request) => new Promise((resolve, reject) => this.#attempt(request, caller(), resolve, reject));
  }

  #wrote(name: string, run: RunRecord | undefined): void {
    const writes = this.#writes.get(name) ?? [];
    this.#writes.set(name, [{ at: this.moment(), run }, ...writes.slice(0, 20)]);
  }

  get #project(): Project {
    return this.service.projects.get(PROJECT) as Project;
  }

  #attempt(
    request: WireRequest,
    caller: Caller,
    resolve: (answer: WireAnswer) => void,
    reject: (error: TransportError) => void,
  ): void {
    const { time, dice, tally, journal } = this.#deps;
    const attempt = this.#begin(request, caller.record);
    const fate = mishap(this.weather, request.method, dice);
    if (fate) tally.count(`mishap ${fate}`);
    let isOver = false;
    const end = (says: string, finish: () => void) => {
      if (isOver) return;
      isOver = true;
      journal.note(() => `run ${caller.record.id} ${request.method} ${attempt.key}: ${says}`);
      caller.resume(finish);
    };
    const fail = (reason: TransportError['reason'], sent: boolean, says: string) =>
      end(says, () => reject(new TransportError(reason, sent, `simulated: ${says}`)));

    if (fate === 'connection refused') {
      time.at(time.now() + dice.between(1, 50), () => fail('unreachable', false, fate));
      return;
    }
    const there = fate === 'request late' ? dice.between(6_000, 60_000) : dice.between(2, 60);
    const back = fate === 'answer late' ? dice.between(6_000, 60_000) : dice.between(2, 60);
    time.at(time.now() + request.timeoutMs, () => fail('timeout', true, 'timeout'));
    time.at(time.now() + there, () => {
      const served = this.#serve(attempt, fate);
      time.at(time.now() + back, () => {
        const { answer } = served;
        if (answer === undefined || fate === 'answer cut') return fail('unreachable', true, fate as string);
        end(`${answer.status}${fate === undefined ? '' : ` (${fate})`}`, () => {
          this.#note(attempt, served, caller.record);
          resolve(answer);
        });
      });
    });
  }

  #begin(request: WireRequest, run: RunRecord): Attempt {
    const leftAt = this.moment();
    const path = request.path.replace(/\?.*/, '');
    const text = Buffer.from(request.body ?? []).toString();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const name = /^\/machinegroups\/([^/]+)/.exec(path)?.[1] ?? (body as StoredGroup).groupName;
    const key = `${PROJECT}/${name}`;
    const group = run.group(key);
    group.attempts += 1;
    if (request.method === 'GET') return { key, request, leftAt, sent: undefined };
    const action = /[?&]action=(\w+)/.exec(request.path)?.[1];
    const operation = operationOf(request.method, path);
    const others = this.#writes.get(name as string)?.find((write) => write.run !== run);
    const isRepeat = group.sent.some((earlier) => earlier.action === action && earlier.text === text);
    const othersAt = others?.at ?? 0;
    const sent: Sent = { run, key, operation, text, body, action, leftAt, othersAt, isRepeat, effects: 0 };
    group.sent.push(sent);
    return { key, request, leftAt, sent };
  }

  /** What happens at the service: one step, in which nobody else gets a word in. */
  #serve({ request, sent, key }: Attempt, fate: Mishap | undefined): Served {
    const { service } = this;
    const headers = Object.entries(request.headers).flat();
    const body = Buffer.from(request.body ?? []);
    const fault = fate && FAULTS[fate];
    if (fault) service.faults.add(fault);
    const received = service.receive(readWire(request.method, request.path, headers, body));
    service.faults.clear();
    const name = key.slice(PROJECT.length + 1);
    const before = this.#project.groups.get(name);
    const stale = received.fault?.kind === 'stale-read';
    const seen = stale ? this.#project.groupsBefore.get(name) : before;
    const outcome = service.carryOut(received);
    const after = this.#project.groups.get(name);
    if (sent && after !== before) this.#took(sent, before, after as StoredGroup, name);
    else if (!sent) this.#deps.looked(name);
    const answer = service.conclude(received, outcome);
    const isPage = received.fault?.kind === 'raw' && fate !== 'half a group';
    return { answer: answer && isPage ? asStranger(answer) : answer, received, seen };
  }

  /** The stand-in passes over fields it does not know; a service that has them keeps them. */
  #took(sent: Sent, before: Seen, after: StoredGroup, name: string): void {
    const { groupAttribute, createTime: _c, lastModifyTime: _m, ...fields } = sent.body as StoredGroup;
    const isWhole = sent.operation !== 'UpdateMachineGroupMachine';
    const kept: StoredGroup = isWhole
      ? { ...fields, ...after, groupAttribute: { ...groupAttribute, ...after.groupAttribute } }
      : after;
    this.#project.groups.set(name, kept);
    sent.effects += 1;
    this.#wrote(name, sent.run);
    sent.before = before;
    sent.after = kept;
    this.#deps.journal.note(() => `run ${sent.run.id} changes ${name} by ${sent.operation}: ${shown(kept)}`);
    this.#deps.wrote(sent);
  }

  /** What the run learns from an answer. */
  #note({ key, leftAt, sent }: Attempt, { received, seen }: Served, run: RunRecord): void {
    const group = run.group(key);
    group.requestIds.add(received.requestId);
    const { fault, refused } = received;
    if (fault?.kind === 'error' && fault.status === 403) group.throttled += 1;
    if (sent || refused || fault?.kind === 'error' || fault?.kind === 'raw') return;
    const look: Look = { seen, leftAt, cameAt: this.moment() };
    group.looks.push(look);
  }
}

/** A page of a proxy carries nothing by which the service marks its own answers. */
function asStranger({ headers, ...answer }: WireAnswer): WireAnswer {
  const { 'x-log-requestid': _, ...others } = headers;
  return { ...answer, headers: others };
}

function operationOf(method: string, path: string): string {
  if (method === 'POST' && path === '/machinegroups') return 'CreateMachineGroup';
  if (method === 'PUT' && path.endsWith('/machines')) return 'UpdateMachineGroupMachine';
  if (method === 'PUT' && /^\/machinegroups\/[^/]+$/.test(path)) return 'UpdateMachineGroup';
  return `${method} ${path}`;
}

function shown(group: Seen): string {
  if (!group) return 'gone';
  const { machineList, groupAttribute, groupType, machineIdentifyType } = group;
  const some = machineList.length > 12 ? `${machineList.length} members` : `[${machineList.join(', ')}]`;
  return `${machineIdentifyType} ${JSON.stringify(groupAttribute)} type "${groupType}" ${some}`;
}
