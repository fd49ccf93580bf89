// What an event asks for. Events are hints that something may be stale, never facts to apply: they come late,
// twice, out of order or not at all, so nothing of a machine is read from them but where to look again.

import * as z from 'zod/mini';
import { listOf } from '../text/bounded.ts';
import { defined } from '../text/defined.ts';
import { describeIssues, quoted, type Retired, shapeOf } from '../text/issues.ts';
import { hasManyFields, MOST_FIELDS } from '../text/json.ts';
import { retiredInRequest, type SyncRequest, syncRequestSchema } from './request.ts';
import { isWork, type Work, workIn, workSchema } from './work.ts';

/** Which EC2 sources an event concerns; a part that is missing concerns all. */
export interface Hint {
  readonly account?: string;
  readonly region?: string;
  /** Only sources that look at one of these tags. */
  readonly tagKeys?: readonly string[];
}

export type Trigger =
  | { readonly kind: 'schedule'; readonly says: string; readonly id?: string }
  | { readonly kind: 'inventory'; readonly says: string; readonly id?: string; readonly hint: Hint }
  /** An inventory in S3 was written: `s3://bucket/key`, as sources spell it. */
  | { readonly kind: 'file'; readonly says: string; readonly id?: string; readonly url: string }
  | { readonly kind: 'request'; readonly says: string; readonly request: SyncRequest }
  | { readonly kind: 'work'; readonly says: string; readonly work: Work }
  /** Understood, and nothing to do. */
  | { readonly kind: 'ignored'; readonly says: string; readonly id?: string }
  /** Not understood: a record like this belongs in the dead-letter queue. */
  | { readonly kind: 'malformed'; readonly says: string };

/** The EventBridge envelope. `version` is missing from some samples, so it is not asked for. */
const envelope = z.object({
  'detail-type': z.string(),
  source: z.string(),
  id: z.exactOptional(z.string()),
  account: z.exactOptional(z.string()),
  region: z.exactOptional(z.string()),
  detail: z.looseObject({}),
});

type Envelope = z.output<typeof envelope>;

type Reader = (event: Envelope) => Trigger;

const READERS: Readonly<Record<string, Reader>> = {
  'aws.events Scheduled Event': schedule,
  'aws.scheduler Scheduled Event': schedule,
  'aws.ec2 EC2 Instance State-change Notification': anyInstance,
  'aws.autoscaling EC2 Instance Launch Successful': anyInstance,
  'aws.autoscaling EC2 Instance Terminate Successful': anyInstance,
  'aws.autoscaling EC2 Instance-launch Lifecycle Action': anyInstance,
  'aws.autoscaling EC2 Instance-terminate Lifecycle Action': anyInstance,
  'aws.autoscaling EC2 Instance Launch Unsuccessful': nothing('no instance was launched'),
  'aws.autoscaling EC2 Instance Terminate Unsuccessful': nothing('no instance was terminated'),
  'aws.ec2 EC2 Spot Instance Interruption Warning': nothing(
    'the instance still runs; its state change follows',
  ),
  'aws.ec2 EC2 Instance Rebalance Recommendation': nothing('the instance still runs'),
  'aws.tag Tag Change on Resource': tagChange,
  'aws.s3 Object Created': objectCreated,
};

/** Reads one event of any accepted kind but a batch of queue records. Never throws. */
export function readTrigger(event: unknown): Trigger {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return { kind: 'malformed', says: `an event is an object, this is ${shapeOf(event)}` };
  }
  if (hasManyFields(event))
    return { kind: 'malformed', says: `no object of an event has more than ${MOST_FIELDS} fields` };
  if ('detail-type' in event)
    return readAs(envelope, withoutScheduledDetail(event), 'EventBridge event', readEnvelope);
  if (isWork(event)) {
    return readAs(workSchema, event, 'work message', (message) => {
      const work = workIn(message);
      const { groups, run } = work;
      const on = groups.length === 1 ? groups[0] : `${groups.length} groups`;
      return { kind: 'work', says: `work on ${on} for run ${run}`, work };
    });
  }
  if ('mode' in event) {
    const read = (request: SyncRequest): Trigger => ({
      kind: 'request',
      says: `a request to ${request.mode}`,
      request,
    });
    return readAs(syncRequestSchema, event, 'request', read, retiredInRequest);
  }
  return {
    kind: 'malformed',
    says: 'neither an EventBridge event, nor a request (which has a "mode"), nor a work message',
  };
}

/** EventBridge Scheduler's own input has the detail as text, a person's has anything: nothing of it is read. */
function withoutScheduledDetail(event: object): object {
  return 'source' in event && event.source === 'aws.scheduler' ? { ...event, detail: {} } : event;
}

function readAs<T>(
  schema: z.ZodMiniType<T>,
  event: object,
  name: string,
  read: (value: T) => Trigger,
  retired?: Retired,
): Trigger {
  const result = schema.safeParse(event);
  if (result.success) return read(result.data);
  return { kind: 'malformed', says: `${name}: ${describeIssues(result.error, event, retired).join('; ')}` };
}

function readEnvelope(event: Envelope): Trigger {
  const kind = `${event.source} ${event['detail-type']}`;
  if (Object.hasOwn(READERS, kind)) return (READERS[kind] as Reader)(event);
  return {
    kind: 'ignored',
    says: `${quoted(kind)} is not a sync event`,
    ...idOf(event),
  };
}

function schedule(event: Envelope): Trigger {
  return { kind: 'schedule', says: 'the schedule', ...idOf(event) };
}

function anyInstance(event: Envelope): Trigger {
  return { kind: 'inventory', says: event['detail-type'], ...idOf(event), hint: whereOf(event) };
}

function nothing(why: string): Reader {
  return (event) => ({ kind: 'ignored', says: `${event['detail-type']}: ${why}`, ...idOf(event) });
}

/** A resource has 50 tags (Tag Editor user guide); this leaves room for AWS to raise that, and for removed ones. */
const TAG_KEYS_MAX = 1000;

const tagDetail = z.object({
  'changed-tag-keys': z.exactOptional(listOf(z.string(), TAG_KEYS_MAX)),
  service: z.exactOptional(z.string()),
  'resource-type': z.exactOptional(z.string()),
});

/**
 * The keys say which groups to look at: the values are those after the change, and the group that a machine
 * left is not among them.
 */
function tagChange(event: Envelope): Trigger {
  return readAs(tagDetail, event.detail, 'tag change', (detail) => {
    const { service = 'ec2', 'resource-type': resource = 'instance', 'changed-tag-keys': tagKeys } = detail;
    if (service !== 'ec2' || resource !== 'instance') return nothing('not the tags of an instance')(event);
    return {
      kind: 'inventory',
      says: event['detail-type'],
      ...idOf(event),
      hint: { ...whereOf(event), ...defined({ tagKeys }) },
    };
  });
}

const objectDetail = z.object({
  bucket: z.object({ name: z.string().check(z.maxLength(63)) }),
  // Not encoded, other than in notifications of S3 itself (S3 User Guide, "EventBridge event message structure").
  object: z.object({ key: z.string().check(z.maxLength(1024)) }),
});

function objectCreated(event: Envelope): Trigger {
  return readAs(objectDetail, event.detail, 'created object', ({ bucket, object }) => ({
    kind: 'file',
    says: event['detail-type'],
    ...idOf(event),
    url: `s3://${bucket.name}/${object.key}`,
  }));
}

function whereOf({ account, region }: Envelope): Hint {
  return defined({ account, region });
}

function idOf({ id }: Envelope): { id?: string } {
  return defined({ id });
}
