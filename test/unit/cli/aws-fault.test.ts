// What keeps somebody from AWS, as the SDK throws it, and what they are told.
import { expect, test } from 'vitest';
import { readErrorOf } from '../../../lib/aws/read-error.ts';
import { awsFaultOf, isUnknownToAws } from '../../../lib/cli/aws-fault.ts';

const thrown = (name: string, message = '') => Object.assign(new Error(message), { name });

test.each<[string, string, string, RegExp | undefined]>([
  ['no region', 'Error', 'Region is missing', /^no region: export AWS_REGION=/],
  ['no credentials', 'CredentialsProviderError', 'Could not load credentials', /set AWS_PROFILE, or log in/],
  ['an SSO session that is over', 'CredentialsProviderError', 'The SSO session has expired.', /have expired/],
  ['no SSO session', 'CredentialsProviderError', 'run aws sso login with this profile', /have expired/],
  ['an old token', 'ExpiredTokenException', '', /have expired/],
  ['an old token of EC2', 'ExpiredToken', '', /have expired/],
  ['a key that AWS does not know', 'UnrecognizedClientException', '', /does not take your credentials/],
  ['anything else', 'ThrottlingException', 'Rate exceeded', undefined],
])('%s is told in a sentence', (_, name, message, says) => {
  const error = thrown(name, message);
  for (const one of [error, readErrorOf('DescribeStacks x', error)])
    expect(awsFaultOf(one)).toEqual(says === undefined ? undefined : expect.stringMatching(says));
});

test('knows what AWS does not know', () => {
  const missing = thrown('ValidationError', 'Stack with id x does not exist');
  expect(isUnknownToAws(readErrorOf('DescribeStacks x', missing))).toBe(true);
  expect(isUnknownToAws(thrown('ResourceNotFoundException'))).toBe(true);
  expect(isUnknownToAws(thrown('ValidationError', 'Template is bad'))).toBe(false);
  expect(isUnknownToAws('nothing')).toBe(false);
});
