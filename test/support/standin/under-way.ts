// Writes that are under way, by group: a group that is written by two at once is what the work queue is to prevent,
// and only the service sees it.
import type { Received } from './received.ts';

export class WritesUnderWay {
  readonly #groups = new Map<string, number>();
  /** Writes that came to a group while another one to it was under way. */
  overlapping = 0;

  /** Called when a request has been received; what it returns, when it has been answered. */
  enter(received: Received): () => void {
    const group = groupWritten(received);
    if (group === undefined) return () => {};
    const others = this.#groups.get(group) ?? 0;
    if (others > 0) this.overlapping += 1;
    this.#groups.set(group, others + 1);
    return () => {
      const left = (this.#groups.get(group) ?? 1) - 1;
      if (left === 0) this.#groups.delete(group);
      else this.#groups.set(group, left);
    };
  }
}

function groupWritten({ wire, route, project, refused }: Received): string | undefined {
  if (refused || !route || wire.method === 'GET') return undefined;
  const named = route.group === '' ? nameIn(wire.body) : route.group;
  return named === undefined ? undefined : `${project}/${named}`;
}

/** A create names its group in the body. */
function nameIn(body: Buffer): string | undefined {
  const [, name] = /"groupName":"([^"]+)"/.exec(body.toString('utf8')) ?? [];
  return name;
}
