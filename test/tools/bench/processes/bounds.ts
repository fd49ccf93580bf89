// Loads a built function, asks it for something small, then for what it is handed, and tells what that cost beyond.
// Arguments: the bundle, a file with the event.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

type Handler = (event: unknown, context: unknown) => Promise<{ readonly statusCode?: number } | undefined>;

const [bundle = '', file = ''] = process.argv.slice(2);
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
const { handler } = (await import(pathToFileURL(bundle).href)) as { handler: Handler };
const event = JSON.parse(readFileSync(file, 'utf8')) as { body?: string };
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 25_000 };
/** The status of an HTTP answer; of a direct invocation 1 for a value and 0 for an error. */
const ask = (asked: unknown) =>
  handler(asked, context).then(
    (answer) => answer?.statusCode ?? 1,
    () => 0,
  );

await ask(event.body === undefined ? {} : { ...event, body: '0' });
global.gc?.();
const idle = process.memoryUsage().rss;
const before = process.cpuUsage();
const startedAt = performance.now();
const statusCode = await ask(event);
const ms = performance.now() - startedAt;
const { user, system } = process.cpuUsage(before);
const mib = (process.resourceUsage().maxRSS * 1_024 - idle) / 1_048_576;
write(JSON.stringify({ seconds: ms / 1_000, cpu: (user + system) / 1e6, mib, statusCode }));
process.exit(0);
