// A built function in a process of its own: gets events by message, answers with what the function answered and with
// the most memory that the process has taken so far.

export interface WorkerAnswer {
  readonly answer?: unknown;
  readonly error?: string;
  /** Bytes of resident memory at their most. */
  readonly maxRss: number;
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
  const context = { awsRequestId: 'load', getRemainingTimeInMillis: () => deadline - Date.now() };
  handler(event, context).then(
    (answer) => reply({ answer }),
    (error: Error) => reply({ error: `${error.name}: ${error.message}` }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

function reply(outcome: Omit<WorkerAnswer, 'maxRss'>): void {
  process.send?.({ ...outcome, maxRss: process.resourceUsage().maxRSS * 1024 } satisfies WorkerAnswer);
}
