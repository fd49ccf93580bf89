// The way to the service and back: it takes time, and requests and answers get lost, late or cut on it.

import {
  type Transport,
  TransportError,
  type WireAnswer,
  type WireRequest,
} from '../../../lib/sls/transport.ts';
import { PROJECT } from '../../support/names.ts';
import type { StoredGroup } from '../../support/standin/index.ts';
import type { Attempt, Cloud, Served } from './cloud.ts';
import type { Caller } from './invocation.ts';
import type { RunRecord, Sent } from './record.ts';
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
    const name = /^\/machinegroups\/([^/]+)/.exec(path)?.[1] ?? (body as StoredGroup).groupName;
    const key = `${PROJECT}/${name}`;
    const group = run.group(key);
    group.attempts += 1;
    if (request.method === 'GET') return { key, request, leftAt, sent: undefined };
    const action = /[?&]action=(\w+)/.exec(request.path)?.[1];
    const operation = operationOf(request.method, path);
    const isRepeat = group.sent.some((earlier) => earlier.action === action && earlier.text === text);
    const othersBefore = this.#cloud.othersWrote(name as string, run);
    const sent: Sent = {
      ...{ run, key, operation, text, body, action, leftAt, isRepeat },
      ...{ othersBefore, othersSince: othersBefore, effects: 0 },
    };
    group.sent.push(sent);
    return { key, request, leftAt, sent };
  }

  /** What the run learns from an answer. */
  #note({ key, leftAt, sent }: Attempt, { received, seen }: Served, run: RunRecord): void {
    const group = run.group(key);
    group.requestIds.add(received.requestId);
    const { fault, refused } = received;
    if (fault?.kind === 'error' && fault.status === 403) group.throttled += 1;
    if (sent || refused || fault?.kind === 'error' || fault?.kind === 'raw') return;
    group.looks.push({ seen, leftAt, cameAt: this.#cloud.moment() });
  }
}

function operationOf(method: string, path: string): string {
  if (method === 'POST' && path === '/machinegroups') return 'CreateMachineGroup';
  if (method === 'PUT' && path.endsWith('/machines')) return 'UpdateMachineGroupMachine';
  if (method === 'PUT' && /^\/machinegroups\/[^/]+$/.test(path)) return 'UpdateMachineGroup';
  return `${method} ${path}`;
}
