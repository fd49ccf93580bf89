// The one place of a stage's parameters: `.stages/<stage>.yml`. Without it nothing is packaged, and no parameter comes
// from anywhere else, because what stands nowhere is reset by the next deployment that does not name it.
import { join } from 'node:path';
import type { Values } from './parameters.ts';

/** The stage whose file belongs to the project: there to be copied, and to try the packaging with. */
const EXAMPLE = 'example';
const fileOf = (stage: string) => `.stages/${stage}.yml`;

/** As long as names of functions with it may be. */
const STAGE = /^[A-Za-z0-9-]{1,24}$/;

export interface Asked {
  /** Where serverless.yml is. */
  readonly folder: string;
  readonly stage: string;
  /** Whether something would be deployed. */
  readonly deploys: boolean;
  /** What `--param` says. */
  readonly told: readonly string[];
  /** Parsed YAML of a file. @throws where there is none, or none that can be read */
  readonly read: (path: string) => unknown;
}

/**
 * @param check throws Error with a line for each parameter that is wrong
 * @throws Error that says what is wrong, and in which file
 */
export function parametersOfStage(
  { folder, stage, deploys, told, read }: Asked,
  check: (given: unknown) => Values,
): Values {
  if (!STAGE.test(stage)) throw new Error(`stage ${stage}: a stage is 1 to 24 letters, digits and "-"`);
  const file = fileOf(stage);
  if (told.length > 0) {
    throw new Error(
      `--param ${told[0]?.split('=', 1)} is not taken: write it into ${file}. What only a command line says is reset by the next deployment without it`,
    );
  }
  if (deploys && stage === EXAMPLE) {
    throw new Error(
      `stage ${EXAMPLE} is there to be copied: cp ${file} ${fileOf('<stage>')}, change it, and say --stage <stage>`,
    );
  }
  let given: unknown;
  try {
    given = read(join(folder, file));
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(
      isMissing
        ? `stage ${stage} has no file ${file}, where its parameters stand: cp ${fileOf(EXAMPLE)} ${file}, and change it`
        : `${file}: ${(cause as Error).message}`,
      { cause },
    );
  }
  try {
    return check(given);
  } catch (cause) {
    throw new Error(`${file} is refused:\n${(cause as Error).message}`, { cause });
  }
}
