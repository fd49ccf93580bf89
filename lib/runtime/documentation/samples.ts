// What the examples of the OpenAPI document speak of. The group is the one of the documentation's own sample.
export const PROJECT = 'ali-test-project';
export const GROUP = 'test-machine-group';
/** The group as the sync names it. */
export const GROUP_KEY = `${PROJECT}/${GROUP}`;
export const CONFIG = 'access-log';
export const REQUEST_ID = '56E7B4D0A1B2C3D4E5F60718';

export const definition = {
  groupName: GROUP,
  groupType: '',
  groupAttribute: { externalName: 'testgroup', groupTopic: 'testtopic' },
  machineIdentifyType: 'ip',
  machineList: ['10.0.1.20', '10.0.1.21'],
};

export const group = { ...definition, createTime: 1_447_178_253, lastModifyTime: 1_447_178_253 };

export const machine = {
  ip: '10.0.1.20',
  'machine-uniqueid': '4c4c4544-0035-4b10-8051-b6c04f4a3132',
  'userdefined-id': '',
  'host-id': 'i-2ze5zzy3lhrw9t7n1234',
  lastHeartbeatTime: 1_447_182_247,
  status: 'ok',
};

export const neverSeen = {
  ip: '10.0.1.21',
  'machine-uniqueid': '',
  'userdefined-id': '',
  lastHeartbeatTime: 0,
  status: 'never',
};
