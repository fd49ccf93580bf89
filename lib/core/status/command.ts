// Commands that a person pastes, as they go to the deployment that shows them.

/** How the command line is called, and how it is told which deployment is meant. */
export interface Where {
  readonly program: string;
  readonly target: readonly string[];
}

const PREFIX = 'sls-machine-groups-';

/** @param service name of the stack, as the metrics have it; a name that is not one of ours is left for the person to fill in */
export function whereIs(service: string): Where {
  const stage = service.startsWith(PREFIX) ? service.slice(PREFIX.length) : 'STAGE';
  return { program: 'sls-machine-groups', target: ['--stage', stage] };
}

/** In a local run. @param host of the request, such as `127.0.0.1:3000` */
export function whereIsLocal(host: string | undefined): Where {
  const isHere = host !== undefined && /^(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/.test(host);
  return { program: 'npm run cli --', target: ['--url', `http://${isHere ? host : '127.0.0.1:3000'}`] };
}

/** @param words each is one word to the shell, whatever is in it */
export function commandLine({ program, target }: Where, name: string, words: readonly string[]): string {
  return [program, name, ...[...target, ...words].map(shellWord)].join(' ');
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
