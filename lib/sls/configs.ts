// The operations that tie Logtail configs to machine groups. The configs themselves are not this project's.
import { configNamesAnswer, groupNamesAnswer } from './answers.ts';
import { type Caller, perform } from './call.ts';
import type { Call } from './exchange.ts';
import { type Answer, nothing, readAs } from './reading.ts';

export interface ConfigCalls {
  /** ApplyConfigToMachineGroup. @throws SlsError of kind `config-missing`, `group-missing`, … */
  applyConfig(project: string, group: string, config: string): Promise<Answer<undefined>>;
  /** RemoveConfigFromMachineGroup. @throws SlsError of kind `config-missing`, `group-missing`, … */
  removeConfig(project: string, group: string, config: string): Promise<Answer<undefined>>;
  /** GetAppliedConfigs: names of the configs applied to a group. @throws SlsError of kind `group-missing`, … */
  getAppliedConfigs(project: string, group: string): Promise<Answer<readonly string[]>>;
  /** GetAppliedMachineGroups: names of the groups a config goes to. @throws SlsError of kind `config-missing`, … */
  getAppliedMachineGroups(project: string, config: string): Promise<Answer<readonly string[]>>;
}

export function configCalls(caller: Caller): ConfigCalls {
  return {
    async applyConfig(project, group, config) {
      const call: Call = { operation: 'ApplyConfigToMachineGroup', project, group, config };
      return nothing(call, await perform(caller, call));
    },
    async removeConfig(project, group, config) {
      const call: Call = { operation: 'RemoveConfigFromMachineGroup', project, group, config };
      return nothing(call, await perform(caller, call));
    },
    async getAppliedConfigs(project, group) {
      const call: Call = { operation: 'GetAppliedConfigs', project, group };
      return readAs(configNamesAnswer(), call, await perform(caller, call));
    },
    async getAppliedMachineGroups(project, config) {
      const call: Call = { operation: 'GetAppliedMachineGroups', project, config };
      return readAs(groupNamesAnswer(), call, await perform(caller, call));
    },
  };
}
