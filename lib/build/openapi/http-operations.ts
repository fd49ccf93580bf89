// Every operation of the HTTP API, in the order of the document. All that is told of an operation is in its file.
import type { Route } from '../../runtime/documentation/route.ts';
import * as ack from '../../runtime/operations/ack.ts';
import * as applyConfig from '../../runtime/operations/apply-config.ts';
import * as approveRemovals from '../../runtime/operations/approve-removals.ts';
import * as createGroup from '../../runtime/operations/create-group.ts';
import * as deleteGroup from '../../runtime/operations/delete-group.ts';
import * as explain from '../../runtime/operations/explain.ts';
import * as freeze from '../../runtime/operations/freeze.ts';
import * as getCoverage from '../../runtime/operations/get-coverage.ts';
import * as getGroup from '../../runtime/operations/get-group.ts';
import * as history from '../../runtime/operations/history.ts';
import * as hooks from '../../runtime/operations/hooks.ts';
import * as listApprovals from '../../runtime/operations/list-approvals.ts';
import * as listConfigGroups from '../../runtime/operations/list-config-groups.ts';
import * as listConfigs from '../../runtime/operations/list-configs.ts';
import * as listGroups from '../../runtime/operations/list-groups.ts';
import * as listMachines from '../../runtime/operations/list-machines.ts';
import * as openapi from '../../runtime/operations/openapi.ts';
import * as patchGroup from '../../runtime/operations/patch-group.ts';
import * as plan from '../../runtime/operations/plan.ts';
import * as removeConfig from '../../runtime/operations/remove-config.ts';
import * as restore from '../../runtime/operations/restore.ts';
import * as retire from '../../runtime/operations/retire.ts';
import * as revokeApproval from '../../runtime/operations/revoke-approval.ts';
import * as status from '../../runtime/operations/status.ts';
import * as sync from '../../runtime/operations/sync.ts';
import * as unack from '../../runtime/operations/unack.ts';
import * as unfreeze from '../../runtime/operations/unfreeze.ts';
import * as updateGroup from '../../runtime/operations/update-group.ts';
import * as updateMachines from '../../runtime/operations/update-machines.ts';

/** By the name of the file in functions/ that serves it. */
export const HTTP_OPERATIONS: Readonly<Record<string, { readonly documentation: () => Route }>> = {
  'create-group': createGroup,
  'get-group': getGroup,
  'list-groups': listGroups,
  'update-group': updateGroup,
  'patch-group': patchGroup,
  'delete-group': deleteGroup,
  'update-machines': updateMachines,
  'list-machines': listMachines,
  'apply-config': applyConfig,
  'remove-config': removeConfig,
  'list-configs': listConfigs,
  'list-config-groups': listConfigGroups,
  plan,
  sync,
  explain,
  status,
  'approve-removals': approveRemovals,
  'list-approvals': listApprovals,
  'revoke-approval': revokeApproval,
  ack,
  unack,
  freeze,
  unfreeze,
  'get-coverage': getCoverage,
  history,
  restore,
  retire,
  hooks,
  openapi,
};
