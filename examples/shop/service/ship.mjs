/**
 * Writes the new version into a checkout of the deployment repository: the code as a ConfigMap, the Rollout that
 * mounts it. Usage: node ship.mjs REVISION DEPLOY_FOLDER
 */
import fs from 'node:fs';
import path from 'node:path';

const [revision = '', folder = ''] = process.argv.slice(2);
if (!/^[0-9a-f]{7,40}$/.test(revision) || !folder) {
  console.error('usage: node ship.mjs REVISION DEPLOY_FOLDER');
  process.exit(2);
}
const version = revision.slice(0, 7);
const code = fs.readFileSync(new URL('server.mjs', import.meta.url), 'utf8');
const name = `shop-code-${version}`;

fs.writeFileSync(
  path.join(folder, `${name}.json`),
  `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { 'server.mjs': code } }, null, 2)}\n`,
);
const rollout = path.join(folder, 'rollout.yaml');
fs.writeFileSync(
  rollout,
  fs
    .readFileSync(rollout, 'utf8')
    .replaceAll(/shop-code-[0-9a-z]+/g, name)
    .replace(/(name: VERSION\n\s+value: ).*/, `$1'${version}'`),
);

// Versions that may still run keep their code; older ones go.
const kept = 3;
const codes = fs
  .readdirSync(folder)
  .filter((file) => /^shop-code-[0-9a-z]+\.json$/.test(file))
  .map((file) => ({ file, at: fs.statSync(path.join(folder, file)).mtimeMs }))
  .sort((left, right) => right.at - left.at);
for (const { file } of codes.filter(({ file }) => file !== `${name}.json`).slice(kept - 1))
  fs.rmSync(path.join(folder, file));
console.log(`wrote ${name}`);
