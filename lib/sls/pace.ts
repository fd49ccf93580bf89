// How fast requests to each project go. Nobody publishes what SLS takes, so that it is found: no limit until it refuses a request
// for its rate (`MetaOperationQpsLimitExceeded`). From then on reads take turns; their rate is cut with a refusal and grows
// while there is none, the faster the longer. A write goes at once, and is counted: what it rests on was read a moment ago.

import { errorAnswer } from './answers.ts';
import { kindOfAnswer } from './errors.ts';
import { parseJson } from './exchange.ts';
import { type Transport, TransportError, type WireAnswer, type WireRequest } from './transport.ts';

export interface PaceOptions {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Pace {
  /** A transport whose requests have their turn within the time for their attempt, or fail as those that get no answer. */
  readonly paced: (transport: Transport) => Transport;
  /** How many calls may be under way in a project without one of them waiting for long. */
  readonly places: (project: string) => number;
}

const SECOND = 1_000;
/** What is left of a rate after a refusal. */
const CUT = 0.85;
/** By what part of itself a rate grows a second, for each second since a refusal; it doubles at most. */
const GROWTH = 0.02;
/** Requests a second. */
const LEAST = 0.5;
/** Part of an attempt's time in which its turn has to come; the rest is for the answer. */
const WAITING = 0.8;
/** More, begun before anything is known of a project, would find out together and wait for one another. */
const PLACES_MAX = 16;

/** One for all requests of a process, so that they know of one another. */
export function openPace(options: PaceOptions): Pace {
  const { now } = options;
  const projects = new Map<string, ProjectPace>();
  const paceOf = (project: string): ProjectPace => {
    const pace = projects.get(project) ?? new ProjectPace(options);
    projects.set(project, pace);
    return pace;
  };
  return {
    paced: (transport) => async (request) => {
      const pace = paceOf(projectOf(request));
      const before = now();
      if (request.method === 'GET') await pace.turn(request.timeoutMs);
      else pace.count();
      const timeoutMs = Math.max(1, request.timeoutMs - (now() - before));
      const answer = await transport({ ...request, timeoutMs });
      if (isRefusedForRate(answer)) pace.refused();
      else pace.accepted();
      return answer;
    },
    // A call lasts less than a second; some of them rest after a refusal.
    places: (project) => Math.min(PLACES_MAX, 2 + Math.ceil(projects.get(project)?.rate ?? PLACES_MAX)),
  };
}

class ProjectPace {
  /** Requests a second. */
  rate = Number.POSITIVE_INFINITY;
  readonly #options: PaceOptions;
  /** When the next request may go. */
  #next = 0;
  /** Whoever waits before the next one that does, and how many do. */
  #before: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #cutAt = Number.NEGATIVE_INFINITY;
  #grownAt = 0;
  /** Requests that were accepted in this second and in the one before. */
  #second = { at: 0, accepted: 0, before: 0 };

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** @throws TransportError if it does not come soon enough in so many milliseconds */
  async turn(ms: number): Promise<void> {
    if (this.rate === Number.POSITIVE_INFINITY) return;
    const { now, sleep } = this.#options;
    const latest = now() + ms * WAITING;
    const soonest = Math.max(this.#next, now()) + (this.#waiting * SECOND) / this.rate;
    if (soonest > latest) {
      await sleep(latest - now());
      throw tooLate(ms);
    }
    this.#waiting += 1;
    const mine = this.#before.then(async () => {
      while (this.#next > now()) await sleep(this.#next - now());
      this.#waiting -= 1;
      this.count();
    });
    this.#before = mine;
    await mine;
  }

  count(): void {
    if (this.rate === Number.POSITIVE_INFINITY) return;
    const { now, random } = this.#options;
    // Several processes that began together do not stay so.
    const gap = (SECOND / this.rate) * (0.5 + random());
    this.#next = Math.max(this.#next, now()) + gap;
  }

  accepted(): void {
    const at = this.#options.now();
    const second = this.#second;
    if (at - second.at >= SECOND) {
      const before = at - second.at < 2 * SECOND ? second.accepted : 0;
      this.#second = { at, accepted: 0, before };
    }
    this.#second.accepted += 1;
    if (this.rate === Number.POSITIVE_INFINITY) return;
    const seconds = Math.min(1, (at - this.#grownAt) / SECOND);
    this.rate *= 1 + seconds * Math.min(1, (GROWTH * (at - this.#cutAt)) / SECOND);
    this.#grownAt = at;
  }

  /** Those that were under way together are refused together: one cut is for all of them. */
  refused(): void {
    const at = this.#options.now();
    if (at - this.#cutAt < SECOND) return;
    const { accepted, before } = this.#second;
    this.rate = Math.max(LEAST, CUT * Math.min(this.rate, Math.max(accepted, before)));
    this.#cutAt = at;
    this.#grownAt = at;
  }
}

const tooLate = (ms: number) =>
  new TransportError(
    'timeout',
    false,
    `no turn within ${ms} ms, as SLS refuses more requests of the project`,
  );

/** Names of projects have no dot in them. */
const projectOf = ({ hostname }: WireRequest): string => hostname.slice(0, hostname.indexOf('.'));

function isRefusedForRate({ status, body }: WireAnswer): boolean {
  if (status !== 403 && status !== 429) return false;
  const { success, data } = errorAnswer().safeParse(parseJson(body));
  return kindOfAnswer(status, success ? data.errorCode : undefined) === 'throttled';
}
