// A client and a stand-in that share one clock. Waits do not wait: they move that clock and are recorded.

import { parseEndpoint } from '../../../lib/core/address/endpoint.ts';
import type { CredentialsSource } from '../../../lib/sls/call.ts';
import { createSlsClient } from '../../../lib/sls/client.ts';
import type { Destination } from '../../../lib/sls/exchange.ts';
import { createTransport } from '../../../lib/sls/transport.ts';
import { DEFAULT_KEY, type StandIn, type StandInOptions, startStandIn } from '../../support/standin/index.ts';

export const definition = {
  groupName: 'web',
  groupType: '',
  machineIdentifyType: 'ip',
  groupAttribute: { groupTopic: 'topic', externalName: 'owner' },
  machineList: ['10.0.0.2', '10.0.0.1'],
} as const;

export interface ClientOptions {
  readonly destination?: Partial<Destination>;
  readonly credentials?: CredentialsSource;
  readonly limits?: { attempts?: number; attemptTimeoutMs?: number; totalTimeoutMs?: number };
  readonly random?: () => number;
}

export class Setup implements AsyncDisposable {
  readonly waits: number[] = [];
  readonly clock = { offsetMs: 0 };
  standIn!: StandIn;
  #shift = 0;

  static async start(options: StandInOptions = {}): Promise<Setup> {
    const setup = new Setup();
    setup.standIn = await startStandIn({ clock: setup.now, ...options });
    return setup;
  }

  readonly now = (): number => Date.now() + this.#shift;

  client({ destination, credentials, limits, random = () => 0.5 }: ClientOptions = {}) {
    return createSlsClient({
      destination: {
        endpoint: parseEndpoint(`http://${this.standIn.endpoint}`),
        connectTo: { host: this.standIn.host, port: this.standIn.port },
        signature: 'v1',
        region: 'cn-hangzhou',
        ...destination,
      },
      credentials: credentials ?? { get: async () => DEFAULT_KEY, refresh: async () => undefined },
      transport: createTransport(),
      limits: { attempts: 4, attemptTimeoutMs: 5_000, totalTimeoutMs: 60_000, ...limits },
      now: this.now,
      random,
      sleep: async (ms) => {
        this.waits.push(ms);
        this.#shift += ms;
      },
      clock: this.clock,
    });
  }

  /** `operation status` of each request the stand-in saw. */
  get seen(): string[] {
    return this.standIn.requests.map(({ operation, status }) => `${operation} ${status}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.standIn.close();
  }
}
