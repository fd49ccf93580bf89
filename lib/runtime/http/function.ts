// An HTTP function as a middy stack: the border (parse, validate, answer, log) around the one thing it does.
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { log } from '../log.ts';
import { border } from './border.ts';
import type { HttpFunction, Prepared, Trace } from './stack.ts';

export function httpFunction<Input>(spec: HttpFunction<Input>) {
  const run = async ({ input, request }: Prepared) => spec.run(input as Input, request);
  // The SLS client keeps the deadline, so that a late answer still names the call that was slow.
  return middy<unknown, unknown, Error, Context, Trace>({ timeoutEarlyInMillis: 0 })
    .use(border(spec, log, Date.now))
    .handler(run as (event: unknown) => Promise<unknown>);
}
