// The commands of a local run on a page, where the log does not carry them away.
import { createServer } from 'node:http';
import { type LoopbackServer, openLoopback } from '../../support/loopback.ts';

/** @param lines `name: text` each */
export function openStartPage(lines: readonly string[]): Promise<LoopbackServer> {
  const sections = lines.map((line) => {
    const [, name = '', text = ''] = /^(\w+): (.*)$/s.exec(line) ?? [];
    return `<h2>${escaped(name)}</h2>\n<pre>${escaped(text)}</pre>`;
  });
  const page = [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>sls-machine-groups</title>',
    '<style>body{font-family:sans-serif;margin:2em}pre{white-space:pre-wrap;background:#eee;padding:.5em}</style>',
    '<h1>sls-machine-groups on this machine</h1>',
    ...sections,
    '</html>',
  ].join('\n');
  return openLoopback(
    createServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(`${page}\n`);
    }),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] as string);
