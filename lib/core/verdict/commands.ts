// What to type about a verdict. `where` says of which deployment: `--stage prod`, or `--url URL` where it has no stage.

const PROGRAM = 'sls-machine-groups';

/** Codes that are about the deployment and what it reaches, not about the group's own plan. */
const OF_DEPLOYMENT: ReadonlySet<string> = new Set(['failing', 'incomplete', 'memory', 'not-looked-at']);

/** The command that shows what is wrong, and what can be done. */
export function commandFor(code: string, group: string, where: string): string {
  if (OF_DEPLOYMENT.has(code)) return `${PROGRAM} doctor ${where}`;
  if (code === 'orphan') return `${PROGRAM} export ${where} --project ${group.split('/')[0]}`;
  return `${PROGRAM} plan ${where} ${group}`;
}

export function ackCommand(where: string): string {
  return `${PROGRAM} ack ${where} GROUP --hours 8 --reason TEXT`;
}

/** @param groups each as `project/name`; none for the freeze of all groups */
export function freezeCommands(
  groups: readonly string[],
  where: string,
): { readonly longer: string; readonly now: string } {
  const which = groups.map((group) => ` --group ${group}`).join('');
  return {
    longer: `${PROGRAM} freeze ${where}${which} --for 4h --reason TEXT`,
    now: `${PROGRAM} unfreeze ${where}${which}`,
  };
}
