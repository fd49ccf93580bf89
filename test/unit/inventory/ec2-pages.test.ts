// Pages of Auto Scaling with the real SDK, over a socket: moto has all instances on one page.
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { awsEdges } from '../../../lib/aws/edges.ts';
import { open as openEc2 } from '../../../lib/inventory/sources/ec2/read.ts';
import { ec2Source } from '../../../lib/inventory/sources/ec2/settings.ts';
import { serve } from './served.ts';

const GROUP = 'aws:autoscaling:groupName';
const ids = ['i-0a', 'i-0b', 'i-0c'];

const instances = ids.map(
  (id, index) => `<item><instanceId>${id}</instanceId><instanceState><name>running</name></instanceState>
    <privateIpAddress>10.0.0.${index + 1}</privateIpAddress>
    <tagSet><item><key>${GROUP}</key><value>web</value></item></tagSet></item>`,
);
const reservations = `<DescribeInstancesResponse><reservationSet><item><instancesSet>${instances.join('')}
  </instancesSet></item></reservationSet></DescribeInstancesResponse>`;

/** One instance a page; the second page is empty. */
const PAGES: Readonly<Record<string, { readonly id?: string; readonly next?: string }>> = {
  '': { id: 'i-0a', next: 'empty' },
  empty: { next: 'third' },
  third: { id: 'i-0b', next: 'last' },
  last: { id: 'i-0c' },
};

function lifecycles(token: string): string {
  const { id, next } = PAGES[token] ?? {};
  const state = id === 'i-0b' ? 'Standby' : 'InService';
  const member = id
    ? `<member><InstanceId>${id}</InstanceId><LifecycleState>${state}</LifecycleState></member>`
    : '';
  return `<DescribeAutoScalingInstancesResponse><DescribeAutoScalingInstancesResult>
    <AutoScalingInstances>${member}</AutoScalingInstances>${next ? `<NextToken>${next}</NextToken>` : ''}
    </DescribeAutoScalingInstancesResult></DescribeAutoScalingInstancesResponse>`;
}

it('follows the pages of Auto Scaling to the last: an instance on a later one is as good as on the first', async () => {
  const tokens: string[] = [];
  const answer = (query: URLSearchParams) => {
    if (query.get('Action') === 'DescribeInstances') return reservations;
    const token = query.get('NextToken') ?? '';
    tokens.push(token);
    return lifecycles(token);
  };
  await using server = await serve(async (request: IncomingMessage, response) => {
    const query = new URLSearchParams(await text(request));
    response.writeHead(200, { 'content-type': 'text/xml' }).end(answer(query));
  });
  const credentials = { accessKeyId: 'test-aws-key', secretAccessKey: 'not-a-real-secret' };
  const aws = awsEdges({ endpoint: server.origin, region: 'eu-central-1', credentials });
  const settings = ec2Source.parse({
    type: 'ec2',
    regions: ['eu-central-1'],
    tags: { [GROUP]: 'web' },
    asgInService: true,
  });
  const snapshot = await openEc2(settings, 'sources[0] ec2', 'ip', { now: () => 5, aws }).snapshot();
  expect(tokens).toEqual(['', 'empty', 'third', 'last']);
  expect(snapshot.machines.map(({ origin }) => origin.id)).toEqual(['i-0a', 'i-0c']);
  expect(snapshot.skipped).toMatchObject([{ origin: { id: 'i-0b' }, reason: 'Auto Scaling state Standby' }]);
  expect(snapshot.completeness.complete).toBe(true);
});
