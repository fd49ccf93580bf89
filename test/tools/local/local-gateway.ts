// What serverless-offline does not do as API Gateway, through the one door it has, its `customAuthenticationProvider`:
// it checks no IAM, and calls an answer JSON that has no body. Routes that serverless.yml opens stay open. And a start page,
// which is the status.
import { ANYBODY, type Scheme, SIGNED } from './gateway-iam.ts';

/** Name of the variable that says whether IAM is checked: `on` or `off`. */
export const CHECKS_IAM = 'LOCAL_GATEWAY_IAM';

/** What is used here of a hapi server and of its answers. */
interface Server {
  ext(event: 'onPreResponse', run: (request: Answered, h: { readonly continue: symbol }) => symbol): void;
  /** A route by its id. */
  lookup(id: string): object | null;
  route(route: {
    readonly method: string;
    readonly path: string;
    readonly options: { readonly id: string };
    readonly handler: (request: unknown, h: Redirects) => unknown;
  }): void;
}

interface Redirects {
  redirect(to: string): unknown;
}

interface Answered {
  readonly response: { readonly source?: unknown; readonly headers?: Record<string, unknown> };
}

const corrected = new WeakSet<Server>();

function correctServer(server: Server): void {
  if (corrected.has(server)) return;
  corrected.add(server);
  server.ext('onPreResponse', ({ response }, h) => {
    if (response.source === '') delete response.headers?.['content-type'];
    return h.continue;
  });
  openFrontDoor(server);
}

const FRONT_DOOR = 'front-door';

/** Where a person looks first; a deployment has nothing there. What hapi hands over is one server in many guises. */
function openFrontDoor(server: Server): void {
  if (server.lookup(FRONT_DOOR) !== null) return;
  const handler = (_: unknown, h: Redirects) => h.redirect('/status');
  server.route({ method: 'GET', path: '/', options: { id: FRONT_DOOR }, handler });
}

interface Endpoint {
  readonly authorizer?: { readonly type?: string };
}

/** @throws Error for a route that wants what is not checked here */
function provider({ authorizer }: Endpoint, _functionName: string, method: string, path: string) {
  if (authorizer && authorizer.type !== 'aws_iam') throw new Error(`${method} ${path}: not checked by IAM`);
  const name = `gateway ${method} ${path}`;
  const scheme = authorizer && process.env[CHECKS_IAM] === 'on' ? SIGNED : ANYBODY;
  const getAuthenticateFunction = (server: Server): Scheme => {
    correctServer(server);
    return scheme;
  };
  return { name, scheme: name, getAuthenticateFunction };
}

// serverless-offline calls what `require` gives it.
export { provider as 'module.exports' };
