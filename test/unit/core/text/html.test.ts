// Whatever stands in a gap of a template is text.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, styleElement } from '../../../../lib/core/text/html.ts';

test('no text is markup, between tags and in attributes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const made = String(html`<p title="${text}">${text}</p>`);
      const [, attribute = '', inner = ''] = /^<p title="([^"]*)">([^<]*)<\/p>$/.exec(made) ?? [made];
      expect(made).toBe(`<p title="${attribute}">${inner}</p>`);
      expect(attribute).toBe(inner);
    }),
  );
  expect(String(html`${`<script>alert("1")</script> & 'x'`}`)).toBe(
    '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;',
  );
});

test('what a template made stays as it is, lists are joined, and nothing is nothing', () => {
  const inner = html`<b>${'a<b'}</b>`;
  expect(String(html`${[inner, [inner]]}${undefined}${false}${0}${''}`)).toBe('<b>a&lt;b</b><b>a&lt;b</b>0');
});

test('a thing that only looks like markup is text', () => {
  const forged = { toString: () => '<script>' };
  expect(() => String(html`${forged as never}`)).toThrow();
});

test('what turns or hides text is shown', () => {
  expect(String(html`${'web\u202Egpj'}`)).toBe('web\\u202egpj');
});

test('a style does not end its element', () => {
  expect(String(styleElement('a > b { }'))).toBe('<style>a > b { }</style>');
  expect(() => styleElement('</style><script>')).toThrow('must not end');
});
