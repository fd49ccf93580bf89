// What a deployer of the released template says, as parameters of CloudFormation. Texts are packaged as placeholders that
// pass the rules of lib/build/parameters.ts; a choice is packaged once for each of its sides. What is neither here nor a
// parameter of serverless.yml's own needs a package of one's own.

/** Of CloudFormation (Parameters section of the template reference). */
export interface Parameter {
  readonly Type: 'String' | 'CommaDelimitedList';
  readonly Description: string;
  readonly Default?: string;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly string[];
  readonly ConstraintDescription?: string;
}

export interface Text {
  /** Of the deployment (serverless.yml); the stage is none of them. */
  readonly packagedAs?: string;
  readonly placeholder: string;
  /** What stands in its place inside of a text; the parameter itself unless given. */
  readonly value?: object;
  /** Undefined where the template has the parameter already. */
  readonly parameter?: Parameter;
}

/** The stage that is packaged. */
export const STAGE = 'release-stage-name';

const HOST = '^(https?://)?(?![^.:/]+\\.[^.:/]+\\.log\\.aliyuncs\\.com)[A-Za-z0-9.-]+(:[0-9]+)?$';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:release-';

export const TEXTS: Readonly<Record<string, Text>> = {
  Stage: {
    placeholder: STAGE,
    parameter: {
      Type: 'String',
      Default: 'prod',
      AllowedPattern: '^[A-Za-z0-9-]{1,24}$',
      Description:
        'Part of all names: the AccessKey is read from the secret sls-machine-groups/<stage>/access-key, the configuration from the parameter /sls-machine-groups/<stage>/sync.',
    },
  },
  SlsEndpoint: {
    packagedAs: 'slsEndpoint',
    placeholder: 'release-sls-endpoint.example',
    parameter: {
      Type: 'String',
      AllowedPattern: HOST,
      Description:
        'Host of Log Service in the region of the projects, without a project, such as eu-central-1.log.aliyuncs.com.',
    },
  },
  SlsEndpoints: {
    packagedAs: 'slsEndpoints',
    placeholder: 'release-more-endpoints.example',
    parameter: {
      Type: 'String',
      Default: '',
      Description: 'Further endpoints that groups of the configuration may name, separated by commas.',
    },
  },
  SlsProject: {
    packagedAs: 'slsProject',
    placeholder: 'release-one-project',
    parameter: { Type: 'String', Default: '', Description: 'Project of requests that name none.' },
  },
  SlsProjects: {
    packagedAs: 'slsProjects',
    placeholder: 'release-all-projects',
    parameter: {
      Type: 'String',
      Default: '',
      Description: 'The projects that this deployment serves, separated by commas; any unless given.',
    },
  },
  InventoryEndpoints: {
    packagedAs: 'inventoryEndpoints',
    placeholder: 'release-inventory-endpoints.example',
    parameter: {
      Type: 'String',
      Default: '',
      Description: 'Endpoints of ECS, Auto Scaling and STS beside the documented ones, separated by commas.',
    },
  },
  InventorySecretOrigins: {
    packagedAs: 'inventorySecrets',
    placeholder: `${SECRET}inventory-AbCdEf=https://release-inventory.example`,
    parameter: {
      Type: 'String',
      Default: '',
      Description:
        'Pairs of an ARN, "=" and the origin that may get the secret, separated by commas. Name each ARN in InventorySecrets, too.',
    },
  },
  HookSecrets: {
    packagedAs: 'hookSecrets',
    placeholder: `${SECRET}hook-AbCdEf`,
    value: { 'Fn::Join': [',', { Ref: 'HookSecrets' }] },
  },
};

/** A choice between what is packaged usually, and what is packaged with `packagedAs` set to `other`. */
export interface Choice {
  readonly packagedAs: string;
  readonly usually: string;
  readonly other: string;
  readonly parameter: Parameter;
}

export const CHOICES: Readonly<Record<string, Choice>> = {
  Schedule: {
    packagedAs: 'schedule',
    usually: 'off',
    other: 'on',
    parameter: {
      Type: 'String',
      Default: 'off',
      AllowedValues: ['off', 'on'],
      Description: 'Whether the sync runs every 5 minutes. Plan first, then turn it on.',
    },
  },
  ErrorNames: {
    packagedAs: 'errorNames',
    usually: 'documented',
    other: 'sdk',
    parameter: {
      Type: 'String',
      Default: 'documented',
      AllowedValues: ['documented', 'sdk'],
      Description: 'sdk tells a missing group by the code that SDKs of SLS compare with.',
    },
  },
};

/** Parameters of the deployment for one package. @param other the choice that is taken the other way */
export function packagedWith(other?: string): Readonly<Record<string, string>> {
  const texts = Object.values(TEXTS).flatMap(({ packagedAs, placeholder }) =>
    packagedAs === undefined ? [] : [[packagedAs, placeholder] as const],
  );
  const choices = Object.entries(CHOICES).map(
    ([name, choice]) => [choice.packagedAs, name === other ? choice.other : choice.usually] as const,
  );
  return { topic: 'new', ...Object.fromEntries([...texts, ...choices]) };
}
