// A promise that was broken.

export type Promised =
  | 'no member goes that the inventory wants'
  | 'no removal beyond the limits without approval'
  | 'no machine that reports is removed'
  | 'no removal is made before its time'
  | 'an older reading removes nothing'
  | 'no two of our writers write one group at once'
  | 'what is not right is attention in time'
  | 'a verdict is told'
  | 'a verdict is told once a day'
  | 'everyday life asks nobody'
  | 'no foreign group is changed'
  | 'no field of a group is lost'
  | 'nothing is added that nobody wants'
  | 'nobody else’s work is undone'
  | 'policy and mode are kept'
  | 'nothing is written in a frozen group'
  | 'the report equals what happened'
  | 'groups converge'
  | 'no secret is told'
  | 'runs end';

export class Violation extends Error {
  override readonly name = 'Violation';
  readonly promise: Promised;

  constructor(promise: Promised, message: string) {
    super(`${promise}: ${message}`);
    this.promise = promise;
  }
}

/** @throws Violation unless it holds */
export function hold(promise: Promised, holds: boolean, says: () => string): void {
  if (!holds) throw new Violation(promise, says());
}
