// What an instance says of its own state, and of Auto Scaling.

import type { Ec2Instance } from './api.ts';
import { tagOf } from './filters.ts';
import type { Ec2Source } from './settings.ts';

/** The tag that Auto Scaling puts on every instance of a group, and takes off when one is detached. */
const ASG_TAG = 'aws:autoscaling:groupName';

/** Whether the instance's state counts. Others are left out on purpose, each with its state as the reason. */
export function hasState(instance: Ec2Instance, states: Ec2Source['states']): boolean {
  return (states as readonly string[]).includes(instance.State?.Name ?? '');
}

export function asgOf(instance: Ec2Instance): string | undefined {
  return tagOf(instance, ASG_TAG);
}
