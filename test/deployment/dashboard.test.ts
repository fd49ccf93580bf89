// The dashboard shows metrics that the functions print, and the saved queries ask for fields that their lines have: in
// CloudWatch a wrong name is an empty picture, and nobody is told.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lambdaContext, SCHEDULE } from '../functions/events.ts';
import { SyncFunctions } from '../functions/sync-setup.ts';
import { addresses } from '../support/addresses.ts';
import { startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { oslsPackage, type Package } from './osls.ts';

type Line = Readonly<Record<string, unknown>>;

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
  };
}

let made: Package;
/** What the functions printed in runs that wrote, refused and failed, and in requests. */
let lines: readonly Line[];

beforeAll(async () => {
  made = await oslsPackage();
  lines = await printed();
}, 300_000);
afterAll(() => made?.remove());

async function printed(): Promise<Line[]> {
  await using sync = await SyncFunctions.start();
  await using dynamo = await startDynamo();
  const env = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    SYNC_TABLE: TABLE,
    POWERTOOLS_SERVICE_NAME: 'sls-machine-groups-dev',
  };
  const members = addresses(12);
  const put = (name: string, externalName: string, machineList = members) =>
    sync.functions.standIn.groups(PROJECT).set(name, {
      ...{ groupName: name, groupType: '', machineIdentifyType: 'ip', machineList },
      groupAttribute: { groupTopic: '', externalName },
      ...{ createTime: 1_700_000_000, lastModifyTime: 1_700_000_000 },
    });
  put('web', MARK, members.slice(0, 10));
  put('foreign', 'somebody-else');
  put('shrunk', MARK, [...members, '172.16.0.1']);
  put('other-kind', MARK);
  sync.inventory = () => members;
  const failing = { sources: [{ type: 'file', url: 'file:///nowhere/machines.txt' }] };
  await sync.configure({
    groups: [
      sync.group('web'),
      sync.group('foreign'),
      sync.group('shrunk'),
      sync.group('broken', failing),
      sync.group('other-kind', { identify: 'userdefined' }),
    ],
  });
  const run = await sync.load('sync-from-inventory', env);
  await run(SCHEDULE, lambdaContext).catch(() => {});
  const asked = await sync.load('sync', env);
  const approve = await sync.load('approve-removals', env);
  const caller = 'arn:aws:iam::123456789012:user/ann';
  const post = (handler: typeof asked, path: string, body: object) =>
    sync.functions.http(handler, {
      ...{ method: 'POST', path, caller },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const removals = ['172.16.0.1'];
  await post(approve, '/approvals', { group: `${PROJECT}/shrunk`, removals, reason: 'gone' });
  await post(asked, '/sync', { mode: 'apply', groups: [`${PROJECT}/shrunk`] });
  const remove = await sync.functions.load('delete-group', env);
  const call = {
    ...{ method: 'DELETE', path: '/machinegroups/web', parameters: { groupName: 'web' }, caller },
    query: { projectName: PROJECT, owner: 'somebody', force: 'true', reason: 'it is gone' },
  };
  // The second time it is gone.
  for (let at = 0; at < 2; at += 1) await sync.functions.http(remove, call);
  return [...sync.functions.lines];
}

/** A text of the template with what CloudFormation fills in. */
function filled(value: unknown): string {
  const text = typeof value === 'string' ? value : String((value as { 'Fn::Sub': string })['Fn::Sub']);
  return text.replace(/\$\{([\w:.]+)\}/g, (_, name: string) => {
    const [id = ''] = name.split('.');
    if (!name.startsWith('AWS::')) expect(Object.keys(made.template.Resources)).toContain(id);
    return name;
  });
}

function widgets(): Widget[] {
  const [dashboard, ...others] = made.ofType('AWS::CloudWatch::Dashboard');
  expect(others).toEqual([]);
  const { DashboardBody } = Object(dashboard?.Properties) as { DashboardBody: unknown };
  return (JSON.parse(filled(DashboardBody)) as { widgets: Widget[] }).widgets;
}

describe('the dashboard', () => {
  test('shows metrics that runs print, with their dimensions', () => {
    const printedNames = new Set(
      lines.flatMap((line) => {
        const { CloudWatchMetrics = [] } = Object(line._aws) as {
          CloudWatchMetrics?: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
        };
        return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
          Metrics.map(({ Name }) =>
            [Namespace, Name, ...(Dimensions[0] ?? []).flatMap((name) => [name, line[name]])].join(' '),
          ),
        );
      }),
    );
    const shown = widgets().flatMap(({ properties }) => expanded(properties.metrics ?? []));
    const own = shown.filter((metric) => metric.startsWith('SlsMachineGroups '));
    expect(own.length).toBeGreaterThan(15);
    expect(own.filter((metric) => !printedNames.has(metric))).toEqual([]);
    // All run-wide figures but the two that the alarms count by are shown.
    const all = [...printedNames].filter(
      (metric) => !/ group /.test(metric) && !/ (?:NewAttention|Failing) /.test(metric),
    );
    expect(all.filter((metric) => !own.includes(metric))).toEqual([]);
    expect(
      shown
        .filter((metric) => !metric.startsWith('SlsMachineGroups '))
        .every((metric) => /^AWS\/SQS Approximate\w+ QueueName \w+\.QueueName$/.test(metric)),
    ).toBe(true);
  });

  test('shows every alarm of the stack', () => {
    const shown = widgets().flatMap(({ properties }) => properties.alarms ?? []);
    const arn = 'arn:AWS::Partition:cloudwatch:AWS::Region:AWS::AccountId:alarm';
    const all = made.ofType('AWS::CloudWatch::Alarm').map(({ Properties: p }) => `${arn}:${p.AlarmName}`);
    expect(shown.toSorted()).toEqual(all.toSorted());
  });

  test('has no widget over another, and none beyond its 24 columns', () => {
    const cells = widgets().flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, at) => `${x + (at % width)} ${y + Math.floor(at / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets().map(({ x, width }) => x + width))).toBe(24);
  });
});

/** Metrics in full: a dot stands for what the row above has there. */
function expanded(rows: readonly (readonly unknown[])[]): string[] {
  let above: readonly unknown[] = [];
  return rows.map((row) => {
    const words = row.filter((word) => typeof word === 'string');
    above = words.map((word, at) => (word === '.' ? above[at] : word));
    return above.join(' ');
  });
}

describe('a saved query', () => {
  interface Query {
    readonly Name: string;
    readonly LogGroupNames: readonly { readonly Ref: string }[];
    readonly QueryString: string;
  }
  const queries = () =>
    made.ofType('AWS::Logs::QueryDefinition').map(({ Properties: p }) => p as unknown as Query);

  test('stands in a folder of the deployment, and asks log groups that are there', () => {
    expect(queries().length).toBeGreaterThan(5);
    for (const { Name, LogGroupNames } of queries()) {
      expect(Name).toMatch(/^sls-machine-groups-dev\/[a-z]/i);
      for (const { Ref } of LogGroupNames)
        expect(made.template.Resources[Ref], Ref).toMatchObject({ Type: 'AWS::Logs::LogGroup' });
    }
  });

  test('asks for fields that lines have, by values that they take', () => {
    for (const { Name, QueryString } of queries()) {
      // Without texts, functions and keywords, what is left are fields.
      const fields = QueryString.replace(/"[^"]*"/g, '')
        .replace(/\w+(?=\()/g, '')
        .replace(/\b(?:fields|filter|sort|desc|limit|stats|and|in|by|1h|\d{2,})\b/g, '')
        .match(/[a-z][\w.]*/gi)
        ?.filter((field) => field !== 'timestamp');
      expect(fields?.length, Name).toBeGreaterThan(0);
      const events = [...QueryString.matchAll(/event = "([^"]+)"/g)].map(([, event]) => event);
      const asked = lines.filter(
        ({ event }) => event !== undefined && (events.length === 0 || events.includes(String(event))),
      );
      for (const field of fields ?? [])
        expect(
          asked.some((line) => valueAt(line, field) !== undefined),
          `${Name}: ${field}`,
        ).toBe(true);
      for (const [, field = '', list = ''] of QueryString.matchAll(/(\w+) in \[([^\]]*)\]/g))
        for (const [, value] of list.matchAll(/"([^"]+)"/g))
          if (value !== 'refused')
            expect(
              asked.map((line) => line[field]),
              Name,
            ).toContain(value);
    }
  });
});

function valueAt(line: Line, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => Object(value)[name], line);
}
