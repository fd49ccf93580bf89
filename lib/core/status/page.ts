// The status as one page of HTML: no script, no picture, nothing from elsewhere. It reads from top to bottom as a person on
// call needs it, also on a phone.

import { createHash } from 'node:crypto';
import { type Content, type Html, html, styleElement } from '../text/html.ts';
import { once } from '../text/once.ts';
import type { GroupStanding } from './group.ts';
import { plotOf } from './plot.ts';
import type { RunStanding, Status } from './status.ts';
import { STYLE } from './style.ts';
import {
  ackText,
  allWaitsText,
  clock,
  countOf,
  coverageText,
  FAMILY_TEXT,
  freezeText,
  goodText,
  groupsText,
  HEADINGS,
  lasting,
  leftOutText,
  membersText,
  NOTHING,
  outcomeText,
  runText,
  waitsText,
} from './words.ts';

/** With the page: nothing is loaded, run, framed or kept, and of styles its own alone is let through. */
export const pageHeaders = once((): Readonly<Record<string, string>> => {
  const digest = createHash('sha256').update(STYLE).digest('base64');
  const rules = [
    `default-src 'none'`,
    `style-src 'sha256-${digest}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ];
  return {
    'content-security-policy': rules.join('; '),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
});

export function statusPage(status: Status): string {
  const { deployment, at, counts } = status;
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${titleOf(status)}</title>
${styleElement(STYLE)}
</head>
<body>
<a class="skip" href="#main">Skip to the groups</a>
<header>
<h1>${deployment}</h1>
<p class="soft">As the memory had it at ${when(at)}. Load the page again for a newer one; nothing was asked of inventories.</p>
<p class="soft">${scheduledText(status)}</p>
${counts.waitingRemovals > 0 && html`<p>${allWaitsText(counts)}.</p>`}
<ul class="figures">
${(['attention', 'waiting', 'converged'] as const).map((is) => figure(is, counts[is], HEADINGS[is]))}
${figure('frozen', counts.frozen, 'Frozen')}
<li><b>${counts.members}</b> ${counts.members === 1 ? 'member' : 'members'} of ${groupsText(counts)}</li>
</ul>
</header>
<main id="main" tabindex="-1">
${groupSection(status, 'attention')}
${freezeSection(status)}
${approvalSection(status)}
${groupSection(status, 'waiting')}
${runSection(status)}
${groupSection(status, 'converged')}
<p class="soft">${leftOutText(status)}</p>
</main>
</body>
</html>
`}`;
}

function titleOf({ deployment, counts }: Status): string {
  const { attention, unapproved, waiting } = counts;
  const news =
    attention > 0
      ? countOf(attention, 'needs attention', 'need attention')
      : unapproved > 0
        ? countOf(unapproved, 'removal waits for approval', 'removals wait for approval')
        : waiting > 0
          ? countOf(waiting, 'group waits', 'groups wait')
          : 'all well';
  return `${news} · ${deployment}`;
}

function scheduledText({ scheduled, at }: Status): Content {
  if (scheduled === undefined) return 'No run of the schedule is known.';
  return html`The schedule last ran ${lasting(scheduled.at, at)} ago, at ${when(scheduled.at)}: ${outcomeText(scheduled)}.`;
}

function figure(is: GroupStanding['is'] | 'frozen', count: number, name: string): Html {
  return html`<li><a href="#${is}"><b class="${is}">${count}</b> ${name}</a></li>\n`;
}

function when(time: string): Html {
  return html`<time datetime="${time}">${clock(time)}</time>`;
}

function section(id: string, heading: string, content: Content): Html {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${content}
</section>`;
}

function groupSection({ groups, counts, at }: Status, is: GroupStanding['is']): Html {
  const shown = groups.filter((group) => group.is === is);
  const nothing = counts[is] === 0 && html`<p>${NOTHING[is]}</p>`;
  return section(is, `${HEADINGS[is]}: ${counts[is]}`, [nothing, shown.map((group) => groupCard(group, at))]);
}

function groupCard(group: GroupStanding, at: string): Html {
  const { is, since, code, says, contact, ack, members, coverage, waits, goodRuns } = group;
  return html`<article class="card ${is}">
<h3>${group.group}</h3>
${group.family && html`<p class="soft">${FAMILY_TEXT}</p>`}
${says !== undefined && html`<p>${says}</p>`}
${goodRuns !== undefined && html`<p>${goodText(goodRuns)}</p>`}
${waits && html`<p>${waitsText(waits, at)}</p>`}
<p class="soft">${code !== undefined && `${code}; `}${since === undefined ? 'since when is not known' : html`since ${when(since)}, for ${lasting(since, at)}`}${contact !== undefined && `; contact ${contact}`}</p>
${ack && html`<p><b>Acknowledged.</b> ${ackText(ack)}</p>`}
${members && html`${plotOf(members)}<p class="soft">${membersText(members)}</p>`}
${coverage && html`<p class="soft">${coverageText(coverage)}</p>`}
${commandsOf(group)}
</article>
`;
}

function commandsOf({ approve, ackCommand }: GroupStanding): Content {
  if (approve === undefined && ackCommand === undefined) return undefined;
  return html`<details${approve && html` open`}><summary>What to do</summary>
${approve && html`<p>If ${countOf(approve.missing, 'missing machine is', 'missing machines are')} gone for good, approve ${approve.missing === 1 ? 'its removal' : 'their removal'}:</p><pre>${approve.command}</pre>`}
${ackCommand !== undefined && html`<p>If you know and want no more notices for a while:</p><pre>${ackCommand}</pre>`}
</details>`;
}

function freezeSection({ freezes, at }: Status): Html {
  return section('frozen', `Frozen: ${freezes.count}`, [
    freezes.count === 0 && html`<p>Nothing is frozen.</p>`,
    freezes.shown.map(
      (
        freeze,
      ) => html`<article class="card frozen"><h3>${freeze.group === '*' ? 'All groups' : freeze.group}</h3><p>${freezeText(freeze, at)}</p></article>
`,
    ),
    moreOf(freezes),
  ]);
}

function approvalSection({ approvals }: Status): Html {
  return section('approvals', `Approvals that have not ended: ${approvals.count}`, [
    approvals.count === 0 && html`<p>There is none.</p>`,
    approvals.shown.map(({ group, id, removals, waiting, who, reason, until, secondCommand }) => {
      const second =
        waiting > 0 &&
        html`<p><b>${countOf(waiting, 'removal waits', 'removals wait')} for a second person.</b></p>`;
      return html`<article class="card"><h3>${group}</h3><p>${countOf(removals.count, 'removal')}, by ${who} until ${when(until)}: ${reason}</p>${second}${secondCommand !== undefined && html`<pre>${secondCommand}</pre>`}<p class="soft">${id}</p></article>
`;
    }),
    moreOf(approvals),
  ]);
}

function moreOf({ count, shown }: { readonly count: number; readonly shown: readonly unknown[] }): Content {
  return count > shown.length && html`<p>And ${count - shown.length} more.</p>`;
}

function runSection({ runs }: Status): Html {
  const row = (
    run: RunStanding,
  ) => html`<li>${when(run.at)}: ${runText(run)} <span class="soft">${run.runId}</span></li>
`;
  return section('runs', 'Last runs in which something happened', [
    runs.length === 0
      ? html`<p>None is known.</p>`
      : html`<ol reversed>
${runs.map(row)}</ol>`,
  ]);
}
