// What serverless.yml leaves out of its functions because it follows from their names: the handler, what the zip
// holds, a role that may do what `custom.may` says, and an output that tells the name. Pure; osls-plugin.ts puts it in.

/** A statement of an IAM policy, or a variable or function of CloudFormation that becomes one. */
export type Statement = object | string;

export interface Permissions {
  /** For each function what it may do beside writing its own log; a named list of statements counts as its entries. */
  readonly may: Readonly<Record<string, readonly (Statement | readonly Statement[])[]>>;
  /** What every function may do, after what is its own. */
  readonly allMay: readonly Statement[];
}

/** What serverless.yml may say of a function by hand, and is then left as it is. */
export interface FunctionParts {
  readonly handler?: string;
  readonly package?: object;
  readonly role?: unknown;
}

export interface Completion {
  /** For each function the parts that it lacks. */
  readonly functions: Readonly<Record<string, FunctionParts>>;
  /** Roles by their logical ids, as CloudFormation takes them. */
  readonly roles: Readonly<Record<string, object>>;
  /** Outputs of the stack by their logical ids: the deployed name of each function. */
  readonly outputs: Readonly<Record<string, object>>;
}

/** Logical ids that osls gives to what it makes of a function. */
export interface Naming {
  readonly logGroupOf: (name: string) => string;
  readonly lambdaOf: (name: string) => string;
}

const BY_LAMBDA = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/**
 * @param functions `functions` of serverless.yml
 * @throws Error for a function without a line in `may`, for a line without a function, and for one that is no list
 */
export function complete(
  functions: Readonly<Record<string, FunctionParts>>,
  { may, allMay }: Permissions,
  { logGroupOf, lambdaOf }: Naming,
): Completion {
  const withoutRole = Object.keys(functions).filter((name) => functions[name]?.role === undefined);
  for (const name of Object.keys(may).filter((line) => !withoutRole.includes(line))) {
    throw new Error(`custom.may.${name} belongs to no function, or to one that has a role of its own`);
  }
  const roles = withoutRole.map((name) => {
    const own = may[name];
    if (!Array.isArray(own)) {
      throw new Error(`custom.may.${name} must be a list of what function ${name} may do; [] for nothing`);
    }
    return [roleOf(name), role(name, [writeLog(logGroupOf(name)), ...own.flat(), ...allMay])] as const;
  });
  const lacking = Object.entries(functions).map(([name, given]) => {
    const parts = Object.entries(partsOf(name)).filter(([key]) => !(key in given));
    return [name, Object.fromEntries(parts)] as const;
  });
  const outputs = Object.keys(functions).map((name) => [
    `${idOf(name)}Function`,
    { Description: `Name of the function ${name}.`, Value: { Ref: lambdaOf(name) } },
  ]);
  return {
    functions: Object.fromEntries(lacking),
    roles: Object.fromEntries(roles),
    outputs: Object.fromEntries(outputs),
  };
}

/** `create-group` to `CreateGroup`. */
const idOf = (name: string): string =>
  name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const roleOf = (name: string): string => `${idOf(name)}Role`;

const partsOf = (name: string): Required<FunctionParts> => ({
  handler: `.build/${name}/index.handler`,
  package: { patterns: [`.build/${name}/**`] },
  role: roleOf(name),
});

const writeLog = (logGroup: string): Statement => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: { 'Fn::GetAtt': [logGroup, 'Arn'] },
});

const role = (name: string, Statement: readonly Statement[]): object => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: BY_LAMBDA,
    Policies: [{ PolicyName: name, PolicyDocument: { Version: '2012-10-17', Statement } }],
  },
});
