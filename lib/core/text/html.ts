// HTML in which no text is ever markup: whatever stands in a template's gaps is escaped, unless a template made it.

import { escapeInvisible } from './issues.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

class Markup {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

export type Html = Markup;
export type Content = Markup | string | number | undefined | false | readonly Content[];

/** A template of HTML; gaps stand in text or between the quotes of an attribute, and nowhere else. */
export function html(parts: TemplateStringsArray, ...gaps: readonly Content[]): Html {
  return new Markup(parts.map((part, index) => part + textOf(gaps[index])).join(''));
}

/** A style element, in whose text a browser reads no entities. @param css a constant. @throws Error where it would end early */
export function styleElement(css: string): Html {
  if (css.includes('</')) throw new Error('a style must not end its element');
  return new Markup(`<style>${css}</style>`);
}

function textOf(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Markup) return content.toString();
  if (typeof content === 'object') return content.map(textOf).join('');
  // What cannot be seen or turns the direction of text is shown as what it is.
  return escapeInvisible(String(content)).replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
}
