// What AWS checks when the stack is made, changed and deleted, and when the commands of the pages are run: actions, and what
// each is checked on, for a stage `prod`. Written by hand from the service authorization reference: nothing offline knows it.

export const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;

/** Actions by what they are checked on. */
export type Needs = Readonly<Record<string, string>>;

const STACK = 'sls-machine-groups-prod';
const API = 'arn:aws:apigateway:eu-central-1::/apis/a1b2c3d4e5';
const BUCKET = `arn:aws:s3:::${STACK}-historybucket-abcdefghijkl`;
const ALARM = arn('cloudwatch', `alarm:${STACK}-attention`);
const DASHBOARD = `arn:aws:cloudwatch::123456789012:dashboard/${STACK}`;
const FUNCTION = arn('lambda', `function:${STACK}-plan`);
const LOG_GROUP = arn('logs', `log-group:/aws/lambda/${STACK}-plan:*`);
export const ACCESS_LOG = arn('logs', `log-group:/aws/http-api/${STACK}:*`);
const QUEUE = arn('sqs', `${STACK}-dead-letters`);
const ROLE = `arn:aws:iam::123456789012:role/${STACK}-PlanRole-ABCDEFGHIJKL`;
const RULE = arn('events', `rule/${STACK}-InstanceStateRule-ABCDEFGHIJKL`);
const TABLE = arn('dynamodb', `table/${STACK}-SyncMemory-ABCDEFGHIJKL`);
const TOPIC = arn('sns', `${STACK}-notices`);
const SECRET = arn('secretsmanager', 'secret:sls-machine-groups/prod/access-key-AbCdEf');
const PARAMETER = arn('ssm', 'parameter/sls-machine-groups/prod/sync');
const STACK_ARN = arn('cloudformation', `stack/${STACK}/0b9e4f5c-6f0d-4a57-9d0a-5f7c0a9d1e2b`);

export const on = (resource: string, actions: string): Needs =>
  Object.fromEntries(actions.split(' ').map((action) => [action, resource]));

/** By type, what CloudFormation asks with the deployer's rights to create, update and delete one. */
export const TYPES: Readonly<Record<string, Needs>> = {
  'AWS::ApiGatewayV2::Api': {
    ...on('arn:aws:apigateway:eu-central-1::/apis', 'apigateway:POST apigateway:GET'),
    ...on(API, 'apigateway:PATCH apigateway:DELETE'),
    // The first API of an account makes the role of the gateway.
    'iam:CreateServiceLinkedRole':
      'arn:aws:iam::123456789012:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway',
  },
  'AWS::ApiGatewayV2::Integration': on(
    `${API}/integrations`,
    'apigateway:POST apigateway:GET apigateway:PATCH apigateway:DELETE',
  ),
  'AWS::ApiGatewayV2::Route': on(
    `${API}/routes`,
    'apigateway:POST apigateway:GET apigateway:PATCH apigateway:DELETE',
  ),
  'AWS::ApiGatewayV2::Stage': {
    ...on(`${API}/stages`, 'apigateway:POST apigateway:GET apigateway:PATCH apigateway:DELETE'),
    // Its access log is a delivery of logs.
    ...on('*', 'logs:CreateLogDelivery logs:GetLogDelivery logs:UpdateLogDelivery logs:DeleteLogDelivery'),
    ...on('*', 'logs:ListLogDeliveries logs:PutResourcePolicy logs:DescribeResourcePolicies'),
  },
  'AWS::CloudWatch::Alarm': {
    ...on(ALARM, 'cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms'),
    ...on(ALARM, 'cloudwatch:TagResource cloudwatch:UntagResource cloudwatch:ListTagsForResource'),
    'cloudwatch:DescribeAlarms': '*',
  },
  'AWS::CloudWatch::Dashboard': on(
    DASHBOARD,
    'cloudwatch:PutDashboard cloudwatch:GetDashboard cloudwatch:DeleteDashboards',
  ),
  'AWS::DynamoDB::Table': on(
    TABLE,
    'dynamodb:CreateTable dynamodb:DescribeTable dynamodb:UpdateTable dynamodb:DeleteTable dynamodb:TagResource dynamodb:DescribeContinuousBackups dynamodb:UpdateContinuousBackups',
  ),
  'AWS::Events::Rule': on(
    RULE,
    'events:PutRule events:DescribeRule events:DeleteRule events:PutTargets events:RemoveTargets events:ListTargetsByRule events:TagResource',
  ),
  'AWS::IAM::Role': on(
    ROLE,
    'iam:CreateRole iam:GetRole iam:UpdateRole iam:DeleteRole iam:UpdateAssumeRolePolicy iam:PutRolePolicy iam:GetRolePolicy iam:DeleteRolePolicy iam:ListRolePolicies iam:ListAttachedRolePolicies iam:TagRole iam:UntagRole iam:PassRole',
  ),
  'AWS::Lambda::EventInvokeConfig': on(
    `${FUNCTION}:$LATEST`,
    'lambda:PutFunctionEventInvokeConfig lambda:GetFunctionEventInvokeConfig lambda:UpdateFunctionEventInvokeConfig lambda:DeleteFunctionEventInvokeConfig',
  ),
  'AWS::Lambda::EventSourceMapping': on(
    '*',
    'lambda:CreateEventSourceMapping lambda:GetEventSourceMapping lambda:UpdateEventSourceMapping lambda:DeleteEventSourceMapping lambda:ListTags lambda:TagResource',
  ),
  'AWS::Lambda::Function': {
    ...on(FUNCTION, 'lambda:CreateFunction lambda:GetFunction lambda:DeleteFunction lambda:TagResource'),
    ...on(FUNCTION, 'lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration'),
    ...on(FUNCTION, 'lambda:PutFunctionConcurrency lambda:DeleteFunctionConcurrency'),
    's3:GetObject': `arn:aws:s3:::${STACK}-serverlessdeploymentbucket-abcdefghijkl/serverless/plan.zip`,
    // In a private network.
    ...on('*', 'ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs'),
  },
  'AWS::Lambda::Permission': on(FUNCTION, 'lambda:AddPermission lambda:RemovePermission lambda:GetPolicy'),
  'AWS::Logs::LogGroup': {
    ...on(LOG_GROUP, 'logs:CreateLogGroup logs:DeleteLogGroup logs:PutRetentionPolicy logs:TagResource'),
    'logs:DescribeLogGroups': '*',
  },
  'AWS::Logs::QueryDefinition': on(
    '*',
    'logs:PutQueryDefinition logs:DeleteQueryDefinition logs:DescribeQueryDefinitions',
  ),
  'AWS::S3::Bucket': on(
    BUCKET,
    's3:CreateBucket s3:PutEncryptionConfiguration s3:PutBucketPublicAccessBlock s3:PutBucketOwnershipControls s3:PutBucketVersioning s3:PutLifecycleConfiguration s3:DeleteBucket',
  ),
  'AWS::S3::BucketPolicy': on(BUCKET, 's3:PutBucketPolicy s3:GetBucketPolicy s3:DeleteBucketPolicy'),
  'AWS::SNS::Topic': on(
    TOPIC,
    'sns:CreateTopic sns:GetTopicAttributes sns:SetTopicAttributes sns:DeleteTopic sns:TagResource sns:ListSubscriptionsByTopic',
  ),
  'AWS::SNS::TopicPolicy': on(TOPIC, 'sns:SetTopicAttributes'),
  'AWS::SQS::Queue': on(
    QUEUE,
    'sqs:CreateQueue sqs:GetQueueAttributes sqs:SetQueueAttributes sqs:DeleteQueue sqs:TagQueue sqs:ListQueueTags',
  ),
  'AWS::SQS::QueuePolicy': on(QUEUE, 'sqs:SetQueueAttributes'),
};

/** By command of the AWS CLI, what it is checked for. Who gives the deployer this policy has other rights. */
export const COMMANDS: Readonly<Record<string, Needs>> = {
  'cloudformation deploy': on(
    STACK_ARN,
    'cloudformation:DescribeStacks cloudformation:CreateChangeSet cloudformation:DescribeChangeSet cloudformation:ExecuteChangeSet',
  ),
  'cloudformation describe-stacks': on(STACK_ARN, 'cloudformation:DescribeStacks'),
  'dynamodb delete-table': on(TABLE, 'dynamodb:DeleteTable'),
  'dynamodb list-tables': on('*', 'dynamodb:ListTables'),
  'events list-rules': on('*', 'events:ListRules'),
  'iam create-policy': {},
  'lambda invoke': on(FUNCTION, 'lambda:InvokeFunction'),
  'logs filter-log-events': { ...on(LOG_GROUP, 'logs:FilterLogEvents') },
  's3 cp': on(`arn:aws:s3:::sls-machine-groups-artifacts-123456789012/a.zip`, 's3:PutObject s3:GetObject'),
  's3 mb': on('arn:aws:s3:::sls-machine-groups-artifacts-123456789012', 's3:CreateBucket'),
  's3 rb': on(BUCKET, 's3:DeleteBucket'),
  's3api get-object': on(
    'arn:aws:s3:::sls-machine-groups-config-123456789012/sync.json',
    's3:GetObjectVersion',
  ),
  's3api get-bucket-policy': on(BUCKET, 's3:GetBucketPolicy'),
  's3api list-buckets': on('*', 's3:ListAllMyBuckets'),
  's3api list-object-versions': on(BUCKET, 's3:ListBucketVersions'),
  'secretsmanager create-secret': on(SECRET, 'secretsmanager:CreateSecret'),
  'secretsmanager delete-secret': on(SECRET, 'secretsmanager:DeleteSecret'),
  'sns subscribe': on(TOPIC, 'sns:Subscribe'),
  'sqs get-queue-attributes': on(QUEUE, 'sqs:GetQueueAttributes'),
  'sqs get-queue-url': on(QUEUE, 'sqs:GetQueueUrl'),
  'sqs purge-queue': on(QUEUE, 'sqs:PurgeQueue'),
  'sqs receive-message': on(QUEUE, 'sqs:ReceiveMessage'),
  'ssm delete-parameter': on(PARAMETER, 'ssm:DeleteParameter'),
  'ssm get-parameter': on(PARAMETER, 'ssm:GetParameter'),
  'ssm get-parameter-history': on(PARAMETER, 'ssm:GetParameterHistory'),
  'sts get-caller-identity': on('*', 'sts:GetCallerIdentity'),
  'ssm put-parameter': on(PARAMETER, 'ssm:PutParameter'),
};

/** What the command line and the smoke test do here with the deployer's credentials, for an inventory of the account's own. */
export const PROGRAMS: Needs = {
  'autoscaling:DescribeAutoScalingInstances': '*',
  'cloudformation:DescribeStackResources': STACK_ARN,
  'cloudformation:DescribeStacks': STACK_ARN,
  'dynamodb:BatchGetItem': TABLE,
  'dynamodb:GetItem': TABLE,
  'ec2:DescribeInstances': '*',
  'events:DescribeRule': RULE,
  'execute-api:Invoke': arn('execute-api', 'a1b2c3d4e5/$default/POST/plan'),
  'lambda:GetFunctionConfiguration': FUNCTION,
  'secretsmanager:GetSecretValue': SECRET,
  'sqs:GetQueueAttributes': QUEUE,
  'sqs:SendMessage': QUEUE,
  'ssm:GetParameter': PARAMETER,
};
