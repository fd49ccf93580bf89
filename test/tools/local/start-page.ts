// The commands of a local run on a page, where the log does not carry them away.
import { createServer } from 'node:http';
import { type Html, html } from '../../../lib/core/text/html.ts';
import { type LoopbackServer, openLoopback } from '../../support/loopback.ts';

/** @param lines `name: text` each */
export function openStartPage(lines: readonly string[]): Promise<LoopbackServer> {
  const sections = lines.map((line) => {
    const [, name = '', text = ''] = /^(\w+): (.*)$/s.exec(line) ?? [];
    return html`<h2>${name}</h2>
${name === 'status' ? linked(text) : html`<pre>${text}</pre>`}
`;
  });
  const page = html`<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>sls-machine-groups</title>
<style>:root{color-scheme:light dark}body{font-family:sans-serif;margin:1em}pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid;padding:.5em}</style>
<h1>sls-machine-groups on this machine</h1>
${sections}</html>`;
  return openLoopback(
    createServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html>\n${page}\n`);
    }),
  );
}

/** A text that begins with an address. */
function linked(text: string): Html {
  const [, url = '', rest = ''] = /^(\S+)(.*)$/s.exec(text) ?? [];
  return html`<p><a href="${url}">${url}</a>${rest}</p>`;
}
