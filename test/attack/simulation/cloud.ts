// The service: the stand-in without sockets, and the console, where people and other tools change groups as they
// like. Whatever happens here happens at once and whole.

import type { WireAnswer, WireRequest } from '../../../lib/sls/transport.ts';
import { PROJECT } from '../../support/names.ts';
import type { Fault, StoredGroup } from '../../support/standin/index.ts';
import { settle } from '../../support/standin/options.ts';
import type { Received } from '../../support/standin/received.ts';
import { Service } from '../../support/standin/service.ts';
import type { Project } from '../../support/standin/state.ts';
import { readWire } from '../../support/standin/wire.ts';
import { type Ears, faultOfEars, HEARD } from './ears.ts';
import { signingKey } from './output.ts';
import type { RunRecord, Seen, Sent } from './record.ts';
import { membersOf } from './rules.ts';
import type { Setting } from './setting.ts';
import { faultOf, type Mishap } from './weather.ts';

export interface CloudDeps extends Setting {
  /** Told of every write of a run that took effect. */
  readonly wrote: (sent: Sent) => void;
  /** Told when a run has been shown a group: whoever wants to get in between its read and its write may now. */
  readonly looked: (name: string) => void;
}

/** A request on its way. */
export interface Attempt {
  /** Empty for a listing of names. */
  readonly key: string;
  readonly kind: 'group' | 'machines' | 'names';
  readonly request: WireRequest;
  readonly leftAt: number;
  readonly sent: Sent | undefined;
}

/** A write that took effect. */
interface Wrote {
  /** In the order of moments. */
  readonly at: number;
  /** None for people and tools. */
  readonly sent: Sent | undefined;
  readonly run: RunRecord | undefined;
}

/** What became of it at the service. */
export interface Served {
  /** Undefined where the connection was reset. */
  readonly answer: WireAnswer | undefined;
  readonly received: Received;
  readonly seen: Seen;
}

export class Cloud {
  readonly service: Service;
  readonly #deps: CloudDeps;
  #order = 0;
  /** By group: the latest writes, and which run made them; none for people and tools. */
  readonly #writes = new Map<string, Wrote[]>();
  ears: Ears = HEARD;

  constructor(deps: CloudDeps) {
    this.#deps = deps;
    this.service = new Service(settle({ clock: deps.time.now, requestLog: 1 }));
    for (const group of deps.scenario.stored) this.#project.groups.set(group.groupName, group);
  }

  get groups(): ReadonlyMap<string, StoredGroup> {
    return this.#project.groups;
  }

  /** The next moment in the order in which things happen; times of day may coincide. */
  moment(): number {
    this.#order += 1;
    return this.#order;
  }

  /** Somebody else's write. */
  change(who: string, name: string, to: (group: Seen, now: number) => Seen): void {
    const now = Math.floor(this.service.now() / 1000);
    const before = this.#project.groups.get(name);
    const after = to(before, now);
    if (after === before) return;
    this.#project.write(name, after && { ...after, lastModifyTime: now });
    this.#noteWrite(name, undefined);
    this.#deps.journal.note(() => `${who} changes ${name}: ${shown(after)}`);
  }

  #noteWrite(name: string, sent: Sent | undefined): void {
    const writes = this.#writes.get(name) ?? [];
    this.#writes.set(name, [{ at: this.moment(), sent, run: sent?.run }, ...writes.slice(0, 20)]);
  }

  /** The latest write that is not this run's. */
  othersWrote(name: string, run: RunRecord): Wrote | undefined {
    return this.#writes.get(name)?.find((write) => write.run !== run);
  }

  /** Writes of others that took effect since then, in the order of moments. */
  othersSince(name: string, run: RunRecord, since: number): readonly Wrote[] {
    return this.#writes.get(name)?.filter((write) => write.run !== run && write.at > since) ?? [];
  }

  get #project(): Project {
    return this.service.projects.get(PROJECT) as Project;
  }

  /** What happens at the service: one step, in which nobody else gets a word in. */
  serve({ request, sent, key, kind }: Attempt, fate: Mishap | undefined): Served {
    const { service } = this;
    const headers = Object.entries(request.headers).flat();
    const body = Buffer.from(request.body ?? []);
    const quoted = Object.values(signingKey(request.headers) ?? {}).join(' ');
    const fault = fate && faultOf(fate, quoted);
    const heard = kind === 'machines' && !fault ? this.#hear(key) : undefined;
    if (fault ?? heard) service.faults.add((fault ?? heard) as Fault);
    const received = service.receive(readWire(request.method, request.path, headers, body));
    service.faults.clear();
    const name = key.slice(PROJECT.length + 1);
    const before = this.#project.groups.get(name);
    const stale = received.fault?.kind === 'stale-read';
    const seen = stale ? this.#project.groupsBefore.get(name) : before;
    const outcome = service.carryOut(received);
    const after = this.#project.groups.get(name);
    if (sent && after !== before) this.#took(sent, before, after as StoredGroup, name);
    else if (!sent && kind === 'group') this.#deps.looked(name);
    const answer = service.conclude(received, outcome);
    const isPage = received.fault?.kind === 'raw' && fate !== 'half a group' && !heard;
    return { answer: answer && isPage ? asStranger(answer) : answer, received, seen };
  }

  /** Who reports: the stand-in is told right before it is asked. */
  #hear(key: string): Fault | undefined {
    const { time, scenario, agents, tally } = this.#deps;
    const name = key.slice(PROJECT.length + 1);
    const group = scenario.groups.get(key);
    const { kind, at = time.now() } = this.ears;
    tally.count(`machines ${kind}`);
    const stored = this.#project.groups.get(name);
    const members = kind === 'empty' || !group ? [] : membersOf(stored, group);
    const isOfAddresses = stored?.machineIdentifyType === 'ip';
    this.#project.heartbeats.set(name, agents.rows(members, isOfAddresses, at, this.service.skewMs));
    return faultOfEars(this.ears);
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
    sent.othersSince = this.othersWrote(name, sent.run)?.at ?? 0;
    sent.before = before;
    sent.after = kept;
    this.#deps.journal.note(() => `run ${sent.run.id} changes ${name} by ${sent.operation}: ${shown(kept)}`);
    this.#deps.wrote(sent);
    this.#noteWrite(name, sent);
  }
}

/** A page of a proxy carries nothing by which the service marks its own answers. */
function asStranger({ headers, ...answer }: WireAnswer): WireAnswer {
  const { 'x-log-requestid': _, ...others } = headers;
  return { ...answer, headers: others };
}

function shown(group: Seen): string {
  if (!group) return 'gone';
  const { machineList, groupAttribute, groupType, machineIdentifyType } = group;
  const some = machineList.length > 12 ? `${machineList.length} members` : `[${machineList.join(', ')}]`;
  return `${machineIdentifyType} ${JSON.stringify(groupAttribute)} type "${groupType}" ${some}`;
}
