// What the source needs in AWS: actions, by the parameter of the deployment that grants them.

export const NEEDS = {
  ownInstances: ['ec2:DescribeInstances', 'autoscaling:DescribeAutoScalingInstances'],
  /** The roles themselves need what ownInstances grants. */
  inventoryRoles: ['sts:AssumeRole'],
};
