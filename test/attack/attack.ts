// Runs attacks in a process of its own, which can be killed: a regular expression that runs away blocks its thread.
// Takes JSON on stdin, writes a line when it begins and one for each pattern that it is through with.
import { text } from 'node:stream/consumers';
import type { Attack, Pattern } from './patterns.ts';

/** Characters of an attack: what takes n steps takes a millisecond, what takes n² a minute. */
const LENGTH = 150_000;

const work = JSON.parse(await text(process.stdin)) as (Pattern & { readonly attacks: readonly Attack[] })[];
process.stdout.write('begins\n');
for (const { source, flags, attacks } of work) {
  const pattern = new RegExp(source, flags);
  for (const { before, part, after } of attacks) {
    const attack = before + part.repeat(Math.ceil(LENGTH / part.length)) + after;
    pattern.lastIndex = 0;
    if (pattern.global) attack.replace(pattern, '');
    else pattern.exec(attack);
  }
  process.stdout.write(`/${source}/\n`);
}
