// Parts of the OpenAPI document that several routes use: each stands once, among the components, under a name that
// does not change as long as the routes before it do not.

export class SharedParts<T extends object> {
  readonly parts: Record<string, T> = {};
  readonly #place: string;
  readonly #names = new Map<string, string>();

  /** @param place where the parts stand, such as `examples` */
  constructor(place: string) {
    this.#place = place;
  }

  /** A reference to the part; the second of a name is `name-2`. */
  refTo(name: string, part: T): { $ref: string } {
    const text = `${name} ${JSON.stringify(part)}`;
    let known = this.#names.get(text);
    if (known === undefined) {
      known = name;
      for (let n = 2; known in this.parts; n += 1) known = `${name}-${n}`;
      this.#names.set(text, known);
      this.parts[known] = part;
    }
    return { $ref: `#/components/${this.#place}/${known}` };
  }
}
