// Writes docs/removal-model.md: `node test/unit/core/removal/model/write.ts`. Takes about half a minute.

import { mkdir, writeFile } from 'node:fs/promises';
import { PAGE, pageOf, rowOf } from './page.ts';
import { FURTHER, SCENARIOS } from './scenarios.ts';

await mkdir(new URL('.', PAGE), { recursive: true });
await writeFile(PAGE, pageOf(SCENARIOS.map(rowOf), FURTHER.map(rowOf)));
