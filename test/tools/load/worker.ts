// A built function in a process of its own: gets events by message, answers with what the function answered and with
// what it took.

export interface WorkerAnswer {
  readonly answer?: unknown;
  readonly error?: string;
  /** Bytes of resident memory at their most. */
  readonly maxRss: number;
  /** Milliseconds of the invocation by the clock, and of CPU. */
  readonly ms: number;
  readonly cpuMs: number;
}

export interface WorkerRequest {
  readonly event: object;
  /** Milliseconds that the invocation may take. */
  readonly timeoutMs: number;
}

type Handler = (event: object, context: object) => Promise<unknown>;

const { handler } = (await import(process.argv[2] ?? '')) as { handler: Handler };

process.on('message', ({ event, timeoutMs }: WorkerRequest) => {
  const deadline = Date.now() + timeoutMs;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const reply = (outcome: Pick<WorkerAnswer, 'answer' | 'error'>) => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const maxRss = process.resourceUsage().maxRSS * 1024;
    const took = { ms: performance.now() - startedAt, cpuMs: (user + system) / 1_000 };
    process.send?.({ ...outcome, maxRss, ...took } satisfies WorkerAnswer);
  };
  const context = { awsRequestId: 'load', getRemainingTimeInMillis: () => deadline - Date.now() };
  handler(event, context).then(
    (answer) => reply({ answer }),
    (error: Error) => reply({ error: `${error.name}: ${error.message}` }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
