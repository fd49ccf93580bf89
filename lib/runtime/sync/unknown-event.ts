// The error of a function that Lambda calls with an event that it does not know.

/** An event that is no trigger: trying it again would not help, but somebody has to see it. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}
