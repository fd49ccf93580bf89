// The events that set a run off, as AWS delivers them.

import { workFor } from '../../../lib/core/trigger/work.ts';
import type { Dice } from './dice.ts';
import { REGIONS, type Scenario } from './scenario.ts';

/** Why somebody thinks that a sync is due. */
export type Occasion =
  | { readonly kind: 'schedule' }
  /** Machines of this group's inventory came or went; as many records say so. */
  | { readonly kind: 'inventory'; readonly key: string; readonly size: number }
  | {
      readonly kind: 'request';
      readonly mode: 'plan' | 'apply';
      /** All groups if not given. */
      readonly key: string | undefined;
    };

interface SimEvent {
  readonly event: unknown;
  readonly mode: 'plan' | 'apply';
}

export function eventOf(occasion: Occasion, scenario: Scenario, dice: Dice): SimEvent {
  switch (occasion.kind) {
    case 'schedule':
      return { event: { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} }, mode: 'apply' };
    case 'inventory':
      return { event: { Records: recordsFor(occasion.key, occasion.size, scenario, dice) }, mode: 'apply' };
    case 'request': {
      const { mode, key } = occasion;
      return { event: { mode, ...(key !== undefined && { groups: [key] }) }, mode };
    }
  }
}

interface SqsRecord {
  readonly messageId: string;
  readonly eventSource: 'aws:sqs';
  readonly body: string;
}

/** Changes of state in the group's regions and elsewhere, a worker's message, now and then something unreadable. */
function recordsFor(key: string, size: number, scenario: Scenario, dice: Dice): SqsRecord[] {
  const own = regionsOf(key, scenario);
  return Array.from({ length: size }, (_, index) => {
    const kind = dice.weighted({ state: 8, work: own.length === 0 ? 6 : 1, broken: 0.3 });
    const state = {
      'detail-type': 'EC2 Instance State-change Notification',
      source: 'aws.ec2',
      region: own.length > 0 && dice.chance(0.8) ? dice.pick(own) : dice.pick(REGIONS),
      detail: { 'instance-id': 'i-0123456789abcdef0', state: dice.pick(['running', 'terminated']) },
    };
    const body = {
      state: JSON.stringify(state),
      work: JSON.stringify(workFor(key, 'run', 'recheck')),
      broken: '{',
    }[kind];
    return { messageId: `message-${index}`, eventSource: 'aws:sqs', body };
  });
}

/** The records that have to come again: those that cannot be read, and those about a group that failed. */
export function expectedFailures(event: unknown, failed: readonly string[], scenario: Scenario): object {
  const { Records } = event as { Records: SqsRecord[] };
  const unreadable = Records.filter(({ body }) => body === '{');
  const concerned = Records.filter(({ body }) => {
    if (body === '{') return false;
    const { region, group } = JSON.parse(body) as { region?: string; group?: string };
    return failed.some((key) => key === group || (region && regionsOf(key, scenario).includes(region)));
  });
  const ids = [...unreadable, ...concerned].map(({ messageId }) => ({ itemIdentifier: messageId }));
  return { batchItemFailures: ids };
}

function regionsOf(key: string, { groups }: Scenario): readonly string[] {
  const sources = groups.get(key)?.config.sources ?? [];
  return sources.flatMap((source) => (source.type === 'ec2' ? source.regions : []));
}
