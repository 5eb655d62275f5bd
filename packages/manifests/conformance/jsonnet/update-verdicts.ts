/** Asks the judge (JSONNET, or `jsonnet` on the PATH) about every snippet and keeps what it says: `npx tsx …/update-verdicts.ts`. */
import { writeFileSync } from 'node:fs';

import { judge, snippetsOf, topics, verdictsFile } from './judge.ts';

const program = process.env['JSONNET'] ?? 'jsonnet';
for (const topic of topics()) {
  const verdicts = Object.fromEntries(snippetsOf(topic).map((code) => [code, judge(program, code)]));
  writeFileSync(verdictsFile(topic), `${JSON.stringify(verdicts, undefined, 2)}\n`);
  console.log(`${topic}: ${Object.keys(verdicts).length}`);
}
