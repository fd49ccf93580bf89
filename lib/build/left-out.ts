// What the AWS SDK would load on demand and a function on Lambda never asks for. The bundle holds short modules
// in its place, which say so when they are asked after all. Run from its sources, nothing is left out.
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const fileOf = (name: string): string => fileURLToPath(new URL(`left-out/${name}.ts`, import.meta.url));

/** Package or module to what stands in for it. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  // Lambda has credentials in its environment or, restored from a snapshot, behind the container's URL. Those
  // two sources stay, and so does the instance's metadata service.
  '@aws-sdk/credential-provider-ini': fileOf('credentials'),
  '@aws-sdk/credential-provider-process': fileOf('credentials'),
  '@aws-sdk/credential-provider-sso': fileOf('credentials'),
  '@aws-sdk/credential-provider-web-identity': fileOf('credentials'),
  // Answers that go on and on, such as those of SelectObjectContent; no operation used here has one.
  '@smithy/core/event-streams': fileOf('event-streams'),
};

export const leftOut: Plugin = {
  name: 'left-out',
  setup({ onResolve }) {
    onResolve({ filter: /^@(?:aws-sdk|smithy)\// }, ({ path, kind }) => {
      const file = LEFT_OUT[path];
      // What is imported statically is no matter of demand: S3's client builds on event streams.
      return file !== undefined && kind === 'dynamic-import' ? { path: file } : undefined;
    });
  },
};
