// Whether each endpoint answers as SLS does, and what its clock says. Asked without a key, so that a wrong key hides nothing.

import { type Endpoint, endpointText } from '../../core/address/endpoint.ts';
import { unitsOf } from '../../core/family/units.ts';
import { CLOCK_OFF_MS, PROBE_MS } from '../../core/time/timeouts.ts';
import { resolveBySystem } from '../../inventory/egress.ts';
import { slsLookup } from '../../runtime/sync/sls-lookup.ts';
import { projectHost } from '../../sls/endpoint.ts';
import { requestIdOf } from '../../sls/exchange.ts';
import { createTransport } from '../../sls/transport.ts';
import { type Finding, ok, reasonOf, warning, wrong } from './finding.ts';
import type { Patient } from './patient.ts';

export async function* endpoints({ settings, config, io }: Patient): AsyncGenerator<Finding> {
  const { connectTo } = settings.destination;
  const transport = createTransport({ lookup: slsLookup(resolveBySystem, connectTo) });
  const project = (config && unitsOf(config)[0]?.project) ?? settings.defaultProject ?? 'doctor';
  for (const endpoint of settings.endpoints.values()) {
    const before = io.now();
    try {
      const answer = await transport({
        protocol: endpoint.protocol,
        hostname: `${project}.${endpoint.host}`,
        port: endpoint.port,
        connectTo,
        method: 'GET',
        path: '/machinegroups',
        headers: { host: projectHost(endpoint, project), 'user-agent': 'sls-machine-groups' },
        timeoutMs: PROBE_MS,
      });
      const after = io.now();
      yield requestIdOf(answer) === '' ? foreign(endpoint, answer.status) : ok(nameOf(endpoint), 'answers');
      // It was stamped somewhere between the two, and in whole seconds.
      yield clock(endpoint, Date.parse(answer.headers.date ?? '') + 500 - (before + after) / 2);
    } catch (error) {
      yield wrong(
        nameOf(endpoint),
        `gives no answer (${reasonOf(error)})`,
        'compare SLS_ENDPOINT (slsEndpoint) with the endpoints of SLS; look at DNS, proxies and firewalls',
      );
    }
  }
}

const nameOf = (endpoint: Endpoint): string => `endpoint ${endpointText(endpoint)}`;

function foreign(endpoint: Endpoint, status: number): Finding {
  return wrong(
    nameOf(endpoint),
    `answers with ${status}, and not as SLS does`,
    'something in between answers in its place: compare SLS_ENDPOINT (slsEndpoint), look at proxies',
  );
}

function clock(endpoint: Endpoint, offMs: number): Finding {
  const check = `clock at ${endpoint.host}`;
  if (Number.isNaN(offMs)) return warning(check, 'the answer has no Date', 'look at proxies in between');
  const seconds = Math.round(Math.abs(offMs) / 1000);
  const says = `this machine is ${seconds} s ${offMs < 0 ? 'ahead' : 'behind'}`;
  const todo = 'set the clock of this machine by NTP';
  if (Math.abs(offMs) >= CLOCK_OFF_MS.refused)
    return wrong(check, `${says}: SLS refuses what it signs`, todo);
  if (Math.abs(offMs) >= CLOCK_OFF_MS.warning) return warning(check, says, todo);
  return ok(check, `agrees within ${Math.max(1, seconds)} s`);
}
