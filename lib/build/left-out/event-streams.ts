// Stands in a bundle for the SDK's event streams.

export class EventStreamSerde {
  constructor() {
    throw new Error('event streams are not in this bundle: no operation it was made for has one');
  }
}

export function eventStreamSerdeProvider(): never {
  throw new Error('event streams are not in this bundle: no operation it was made for has one');
}
