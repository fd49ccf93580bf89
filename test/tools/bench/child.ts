// A process of the benchmark that does one thing when it is asked: `serve` in the child, `ask` in the parent.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Child<Question, Answer> extends AsyncDisposable {
  ask(question: Question): Promise<Answer>;
}

/** @param file in test/tools/bench/processes; @param node options for node itself */
export function startChild<Question, Answer>(
  file: string,
  args: readonly string[] = [],
  node: readonly string[] = [],
): Child<Question, Answer> {
  const path = join(import.meta.dirname, 'processes', file);
  const child: ChildProcess = fork(path, args, {
    execArgv: [...node],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const closed = once(child, 'close');
  return {
    async ask(question) {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const fail = () => reject(new Error(`${file} ended before it answered`));
      child.once('message', (message) => resolve(message as Answer)).once('close', fail);
      child.send(question as object);
      return promise.finally(() => child.off('close', fail));
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Answers every question of the parent, one at a time. */
export function serve<Question, Answer>(answer: (question: Question) => Promise<Answer>): void {
  process.on('message', (question: Question) => {
    answer(question).then(
      (value) => process.send?.(value as object),
      (error: unknown) => {
        process.stderr.write(`${(error as Error).stack}\n`);
        process.exit(1);
      },
    );
  });
}
