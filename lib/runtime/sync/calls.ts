// The calls to SLS that one group needs, each within the run's deadline and each noted for the report.
import type { RequestReport } from '../../core/report.ts';
import type { CallOptions } from '../../sls/call.ts';
import type { Answer, SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import { requestIdOf } from '../../sls/exchange.ts';
import type { OperationName } from '../../sls/operations.ts';

export class Calls {
  readonly requests: RequestReport[] = [];
  readonly #sls: SlsClient;
  readonly #timeLeft: () => number;

  /** @param timeLeft milliseconds until the run has to end */
  constructor(sls: SlsClient, timeLeft: () => number) {
    this.#sls = sls;
    this.#timeLeft = timeLeft;
  }

  /** @throws SlsError */
  async make<T>(
    operation: OperationName,
    call: (sls: SlsClient, options: CallOptions) => Promise<Answer<T>>,
  ): Promise<T> {
    let last: { status?: number; requestId?: string } = {};
    let attempts = 0;
    let throttled = 0;
    const observe: NonNullable<CallOptions['observe']> = (outcome) => {
      attempts += 1;
      const failed = outcome instanceof SlsError;
      if (failed && outcome.kind === 'throttled') throttled += 1;
      const requestId = failed ? outcome.requestId : requestIdOf(outcome);
      last = {
        ...(outcome.status !== undefined && { status: outcome.status }),
        ...(requestId && { requestId }),
      };
    };
    try {
      return (await call(this.#sls, { timeoutMs: this.#timeLeft(), observe })).value;
    } finally {
      this.requests.push({ operation, ...last, attempts, throttled });
    }
  }
}
