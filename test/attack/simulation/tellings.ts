// What people were told, by group, code and since, and since when runs have found the same wrong with a group.

import type { GroupReport } from '../../../lib/core/report/report.ts';
import type { SimMemory } from './memory.ts';
import type { RunRecord } from './record.ts';
import { CLOCKS_APART, DAY } from './spans.ts';
import { hold } from './violation.ts';

export interface Verdict {
  readonly is: string;
  readonly since: number;
  readonly code?: string;
}

/** Since when runs have found the same wrong with a group, one after the other. */
export interface Wrong {
  readonly failing?: number | undefined;
  readonly incomplete?: number | undefined;
}

interface Telling {
  readonly run: RunRecord;
  readonly at: number;
}

export class Tellings {
  /** By group, code and since: when it was last told. */
  readonly #told = new Map<string, Telling>();
  readonly #wrong = new Map<string, Wrong>();
  readonly #judgedAt = new Map<string, number>();

  /** What has been wrong with a group since when, with one more report. Of two runs at once nobody knows which came last. */
  judged(report: GroupReport, run: RunRecord, now: number): Wrong {
    const { group } = report;
    const isAlone = (this.#judgedAt.get(group) ?? 0) < run.startedAtMs;
    this.#judgedAt.set(group, now);
    const wrong = wrongAfter(this.#wrong.get(group) ?? {}, report, now);
    this.#wrong.set(group, isAlone ? wrong : {});
    return isAlone ? wrong : {};
  }

  /** A killed run, or one that the memory did not help, may have learnt what nobody keeps. */
  doubt(): void {
    this.#wrong.clear();
  }

  isTold(key: string, verdict: Verdict): boolean {
    return this.#told.has(nameOf(key, verdict.code ?? '', new Date(verdict.since).toISOString()));
  }

  /** @param hasTrouble whether the memory may not have taken down what was told before @throws Violation */
  publish(subject: string, message: string, run: RunRecord, now: number, memory: SimMemory): void {
    if (!/^sls-machine-groups: \d+ new/.test(subject)) return;
    const entries = entriesOf(message);
    // The end of a freeze is told in the same notice.
    let isReason = entries.length === 0 || /, [1-9]\d* (?:recovered|freezes? ends?)/.test(subject);
    for (const { group, code, since } of entries) {
      if (code === 'memory') isReason = true;
      const name = nameOf(group, code, since);
      const earlier = this.#told.get(name);
      const isDoubted =
        earlier && (memory.troubledAt >= earlier.run.startedAtMs || !isOverBy(earlier.run, run));
      if (earlier === undefined || isDoubted || now - earlier.at >= DAY - CLOCKS_APART) isReason = true;
      // Orphans are told with the daily look.
      if (
        code === 'orphan' &&
        earlier &&
        Math.floor((now + CLOCKS_APART) / DAY) > Math.floor((earlier.at - CLOCKS_APART) / DAY)
      )
        isReason = true;
      // Half a day later to the second nobody knows whether the run took it for told anew: then it was not.
      if (earlier === undefined || now - earlier.at >= DAY / 2 + CLOCKS_APART)
        this.#told.set(name, { run, at: now });
    }
    hold('a verdict is told once a day', isReason, () => `run ${run.id} tells again: ${message}`);
  }
}

/** Two runs at once may both tell what neither knew the other to tell; of one that was killed nobody knows. */
function isOverBy(earlier: RunRecord, run: RunRecord): boolean {
  return earlier.overAtMs !== undefined && earlier.overAtMs < run.startedAtMs;
}

const nameOf = (group: string, code: string, since: string): string => `${group} ${code} ${since}`;

function entriesOf(message: string): { group: string; code: string; since: string }[] {
  return [...message.matchAll(/^- `([^`]+)` \(([^,]+), since ([^)]+)\)/gm)].map(([, group, code, since]) => {
    return { group: group as string, code: code as string, since: since as string };
  });
}

function wrongAfter(before: Wrong, { status, reading }: GroupReport, now: number): Wrong {
  if (status === 'busy') return before;
  return {
    failing: status === 'failed' ? (before.failing ?? now) : undefined,
    incomplete: reading?.complete === false ? (before.incomplete ?? now) : undefined,
  };
}
