// Stands in a bundle for the SDK's event streams.

export function eventStreamSerdeProvider(): never {
  throw new Error('event streams are not in this bundle: no operation it was made for has one');
}

export class EventStreamSerde {
  constructor() {
    eventStreamSerdeProvider();
  }
}
