// What the stand-in remembers of a request, for tests to look at. Credentials are left out.
import { type SignatureForm, signatureForm } from './accept.ts';
import type { Answer } from './answer.ts';
import type { AnswerFault } from './faults.ts';
import type { OperationName, Route } from './routes.ts';
import { utf8, type WireRequest } from './wire.ts';

/** A request as the service saw it. The credentials it carried are left out. */
export interface RecordedRequest {
  /** Server time when it was answered, in milliseconds since the epoch. */
  readonly at: number;
  /** Undefined where method and path match no operation. */
  readonly operation?: OperationName;
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined where the host names none. */
  readonly project?: string;
  /** Undefined where the connection was reset instead of answered. */
  readonly status?: number;
  readonly errorCode?: string;
  readonly requestId: string;
  readonly signature?: SignatureForm;
  /** Without `authorization` and `x-acs-security-token`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The fault that decided the answer. */
  readonly fault?: AnswerFault['kind'];
}

export interface Observed {
  readonly at: number;
  readonly wire: WireRequest;
  readonly route: Route | undefined;
  /** '' where the host names none. */
  readonly project: string;
  readonly requestId: string;
  readonly answer: Answer | undefined;
  readonly fault: AnswerFault | undefined;
}

export function recorded({ at, wire, route, project, requestId, answer, fault }: Observed): RecordedRequest {
  const { authorization: _a, 'x-acs-security-token': _t, ...headers } = Object.fromEntries(wire.headers);
  const signature = signatureForm(wire);
  return {
    at,
    ...(route && { operation: route.operation }),
    method: wire.method,
    path: wire.rawPath,
    query: Object.fromEntries([...wire.query].map(([key, value]) => [utf8(key), utf8(value)])),
    ...(project !== '' && { project }),
    ...(answer && { status: answer.status }),
    ...(answer?.errorCode !== undefined && { errorCode: answer.errorCode }),
    requestId,
    ...(signature && { signature }),
    headers,
    body: wire.body.toString('utf8'),
    ...(fault && { fault: fault.kind }),
  };
}
