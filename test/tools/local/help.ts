// `npm start -- --help`: what the local run is told by, which is variables alone.
import { StartError } from './settings.ts';

export const HELP = `npm start runs the functions on this machine, against a stand-in of SLS, until Ctrl-C. It is told by variables:

  PORT         port of 127.0.0.1; 3000 if not given
  LOG          text for people, or json as the functions log; text if not given
  IAM          off, or on: every request has to be signed, as at AWS; off if not given
  SYNC_FOLDER  folder of the files that it syncs; .cache/local/<port> if not given

In that folder, read at each run: sync.json, the configuration, and machines.txt, an inventory. Read at the start:
secrets.json, for secrets of inventories and hooks. What you change there is kept for the next start at the same port.
An example: PORT=3001 IAM=on npm start`;

/** @param args after the name of the program @returns whether help is asked for @throws StartError for anything else */
export function helpAsked(args: readonly string[]): boolean {
  const other = args.find((arg) => !['--help', '-h'].includes(arg));
  if (other !== undefined)
    throw new StartError(
      `takes no arguments, and got ${JSON.stringify(other.slice(0, 64))}: see npm start -- --help`,
    );
  return args.length > 0;
}
