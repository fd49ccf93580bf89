// What the functions log, for a person: a line a request and a line a run. serverless-offline's own lines about each
// request say less, and go.

interface LogLine {
  readonly time: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

const OF_OFFLINE = /^\s*$|^[A-Z]+ \/.* \(λ: |^\(λ: .*\) RequestId: /;

/** What to print for a line of the functions' output, without its newline; undefined for nothing. */
export function readable(line: string): string | undefined {
  if (OF_OFFLINE.test(line)) return undefined;
  const logged = loggedIn(line);
  if (logged === 'metrics') return undefined;
  return logged ? `${clock(logged.time)} ${told(logged)}` : line;
}

/** Undefined for what is not one of the functions' lines, such as an error of serverless-offline. */
function loggedIn(line: string): LogLine | 'metrics' | undefined {
  if (line.startsWith('{"_aws":')) return 'metrics';
  if (!line.startsWith('{"time":')) return undefined;
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}

const clock = (time: string) => new Date(time).toTimeString().slice(0, 8);

function told(line: LogLine): string {
  if (line.event === 'request') {
    const { project, group, errorCode } = line;
    const subject = [project, group].filter((part) => part !== undefined).join('/');
    const served = sentence(line.function, line.status, subject, `in ${line.durationMs} ms`);
    return errorCode === undefined ? served : `${served}: ${errorCode}, ${messageOf(line)}`;
  }
  if (line.event === 'sync.run') {
    const { byStatus = {} } = Object(line.counts) as { byStatus?: Record<string, number> };
    const groups = Object.entries(byStatus).flatMap(([status, count]) =>
      count > 0 ? `${count} ${status}` : [],
    );
    return sentence('run by', line.trigger, `(${line.mode}): ${line.status}.`, groups.join(', '));
  }
  if (line.event === 'sync.group') return sentence(' ', line.group, line.status, messageOf(line));
  const secret = line.secretId === undefined ? '' : `${line.secretId}:`;
  return sentence(line.event, line.group, secret, line.is, line.says, messageOf(line));
}

/** With what is behind it: callers are told less than whoever runs this. */
function messageOf({ error }: LogLine): string | undefined {
  const { message, cause } = Object(error) as { message?: unknown; cause?: unknown };
  const { message: why } = Object(cause) as { message?: unknown };
  if (typeof message !== 'string') return undefined;
  return typeof why === 'string' && !message.includes(why) ? `${message} (${why})` : message;
}

const sentence = (...words: unknown[]) => words.filter((word) => word !== undefined && word !== '').join(' ');
