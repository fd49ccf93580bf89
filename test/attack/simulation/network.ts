// The way to the service and back: it takes time, and requests and answers get lost, late or cut on it.

import {
  type Transport,
  TransportError,
  type WireAnswer,
  type WireRequest,
} from '../../../lib/sls/transport.ts';
import { PROJECT } from '../../support/names.ts';
import type { StoredGroup } from '../../support/standin/index.ts';
import type { Heartbeat } from '../../support/standin/state.ts';
import type { Attempt, Cloud, Served } from './cloud.ts';
import type { Caller } from './invocation.ts';
import type { Round, RunRecord, Sent } from './record.ts';
import { OUR_MARK } from './scenario.ts';
import type { Setting } from './setting.ts';
import { CALM, mishap, type Weather } from './weather.ts';

export class Network {
  #weather: Weather = CALM;
  readonly #cloud: Cloud;
  readonly #setting: Setting;

  constructor(cloud: Cloud, setting: Setting) {
    this.#cloud = cloud;
    this.#setting = setting;
  }

  become(weather: Weather): void {
    if (this.#setting.scenario.isPeaceful) return;
    this.#weather = weather;
    if (weather.skewMs !== 0) this.#setting.tally.count('clock of the service skewed');
    this.#cloud.service.skewMs = weather.skewMs;
  }

  /** @param caller whose calls these are, asked anew for each */
  transport(caller: () => Caller): Transport {
    return (request) => new Promise((resolve, reject) => this.#attempt(request, caller(), resolve, reject));
  }

  #attempt(
    request: WireRequest,
    caller: Caller,
    resolve: (answer: WireAnswer) => void,
    reject: (error: TransportError) => void,
  ): void {
    const { time, dice, tally, journal } = this.#setting;
    const attempt = this.#begin(request, caller.record);
    const fate = mishap(this.#weather, request.method, dice);
    if (fate) tally.count(`mishap ${fate}`);
    let isOver = false;
    const end = (says: string, finish: () => void) => {
      if (isOver) return;
      isOver = true;
      journal.note(() => `run ${caller.record.id} ${request.method} ${attempt.key}: ${says}`);
      caller.resume(finish);
    };
    const fail = (reason: TransportError['reason'], sent: boolean, says: string) => {
      if (!this.#setting.scenario.groups.has(attempt.key)) caller.record.orphanLook = undefined;
      end(says, () => reject(new TransportError(reason, sent, `simulated: ${says}`)));
    };

    if (fate === 'connection refused') {
      time.at(time.now() + dice.between(1, 50), () => fail('unreachable', false, fate));
      return;
    }
    const there = fate === 'request late' ? dice.between(6_000, 60_000) : dice.between(2, 60);
    const back = fate === 'answer late' ? dice.between(6_000, 60_000) : dice.between(2, 60);
    time.at(time.now() + request.timeoutMs, () => fail('timeout', true, 'timeout'));
    time.at(time.now() + there, () => {
      if (attempt.sent) attempt.sent.isLate = there > request.timeoutMs || isOver;
      const served = this.#cloud.serve(attempt, fate);
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
    const leftAt = this.#cloud.moment();
    const path = request.path.replace(/\?.*/, '');
    const text = Buffer.from(request.body ?? []).toString();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const name = /^\/machinegroups\/([^/]+)/.exec(path)?.[1] ?? (body as StoredGroup | undefined)?.groupName;
    if (name === undefined) return { key: '', kind: 'names', request, leftAt, sent: undefined };
    const key = `${PROJECT}/${name}`;
    const group = run.group(key);
    group.attempts += 1;
    const kind = path.endsWith('/machines') ? 'machines' : 'group';
    if (request.method === 'GET') {
      if (kind === 'machines') group.round.listingsAsked += 1;
      return { key, kind, request, leftAt, sent: undefined };
    }
    const operation = operationOf(request.method, path);
    const { round } = group;
    const isRepeat = round.sent.some((earlier) => earlier.text === text);
    const othersBefore = this.#cloud.othersWrote(name, run)?.at ?? 0;
    const sent: Sent = {
      ...{ run, key, operation, text, body, leftAt, isRepeat, round },
      ...{ sentAtMs: this.#setting.time.now(), isLate: false },
      ...{ othersBefore, othersSince: othersBefore, effects: 0 },
    };
    round.sent.push(sent);
    return { key, kind, request, leftAt, sent };
  }

  /** What the run learns from an answer. */
  #note(
    { key, kind, leftAt, sent, request }: Attempt,
    { answer, received, seen }: Served,
    run: RunRecord,
  ): void {
    if (kind === 'names') {
      if (received.fault === undefined && received.refused === undefined) run.orphanLook = [];
      return;
    }
    const group = run.group(key);
    group.requestIds.add(received.requestId);
    const { fault, refused } = received;
    if (fault?.kind === 'error' && THROTTLED.has(fault.code ?? '')) group.throttled += 1;
    if (sent || refused || fault?.kind === 'error' || fault?.kind === 'raw') {
      if (!this.#setting.scenario.groups.has(key)) run.orphanLook = undefined;
      return;
    }
    if (seen?.groupAttribute.externalName === OUR_MARK && !this.#setting.scenario.groups.has(key))
      run.orphanLook?.push(seen.groupName);
    if (kind === 'group') group.round.looks.push({ seen, leftAt, cameAt: this.#cloud.moment() });
    else noteListing(group.round, request, answer as WireAnswer);
  }
}

const THROTTLED: ReadonlySet<string> = new Set(['MetaOperationQpsLimitExceeded']);

/** A listing of many machines comes in pages. */
function noteListing(
  { listings }: Round,
  { path }: WireRequest,
  { status, body, headers }: WireAnswer,
): void {
  if (status !== 200) return;
  const { machines } = JSON.parse(Buffer.from(body).toString()) as { machines: Heartbeat[] };
  const earlier = /[?&]offset=0\b/.test(path) ? undefined : listings.pop();
  const answeredAt = Date.parse(String(headers.date));
  listings.push({ rows: [...(earlier?.rows ?? []), ...machines], answeredAt });
}

function operationOf(method: string, path: string): string {
  if (method === 'POST' && path === '/machinegroups') return 'CreateMachineGroup';
  if (method === 'PUT' && path.endsWith('/machines')) return 'UpdateMachineGroupMachine';
  if (method === 'PUT' && /^\/machinegroups\/[^/]+$/.test(path)) return 'UpdateMachineGroup';
  return `${method} ${path}`;
}
