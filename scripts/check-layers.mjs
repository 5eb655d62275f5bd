/**
 * The house's rules as errors: imports only point down, products do not know each other, packages are entered by
 * their front door, and pure code is pure. `node scripts/check-layers.mjs [folder]` prints each violation, exit 1.
 */
import fs from 'node:fs';
import path from 'node:path';

const ORDER = ['base', 'kube', 'client', 'controller', 'cluster', 'expressions', 'manifests', 'server'];
const PRODUCTS = ['cd', 'workflows', 'events', 'rollouts'];
const PURE_PACKAGES = new Set(['base', 'kube', 'expressions']);
/** The composition root's ports live in base but may touch the machine. */
const IMPURE_EXCEPTIONS = new Set(['packages/base/src/system-ports.ts']);
/** `cluster` may be used by products for the kubelet's supervisor port; `expressions` knows only `base` and `kube`. */
const EXTRA_DENIALS = {
  expressions: ['client', 'controller', 'cluster'],
  manifests: ['client', 'controller', 'cluster'],
};

const IMPURE_TEXT = [
  [/\bprocess\s*\./, 'reads the environment (process.)'],
  [/\bDate\.now\s*\(|\bnew Date\s*\(\s*\)|\bperformance\.now\s*\(/, 'reads the clock'],
  [/\bMath\.random\s*\(|\bcrypto\.(getRandomValues|randomUUID)\s*\(/, 'draws randomness'],
  [/\bconsole\./, 'writes to the console'],
  [/\b(setTimeout|setInterval|setImmediate)\s*\(/, 'starts a timer'],
  [/\bfetch\s*\(/, 'uses the network'],
];
const PURE_FORBIDDEN_IMPORTS = /^node:|^@argosy\/(client|controller|cluster|server)$|^(undici|pino|lmdb|fastify|ws)$/;

/** Lists the violations of one file's text; `file` is relative to the root, with forward slashes. */
export const violationsOf = (file, text) => {
  const place = placeOf(file);
  if (!place) return [];
  const code = withoutComments(text);
  const found = importsOf(code).flatMap(({ specifier, typeOnly }) =>
    importViolations(place, specifier, typeOnly, file),
  );
  if (isPure(file, place)) found.push(...purityViolations(code));
  else if (place.layer !== 'apps' && !isTest(file) && !IMPURE_EXCEPTIONS.has(file))
    found.push(...ambientViolations(code));
  return found.map((what) => `${file}: ${what}`);
};

const placeOf = (file) => {
  const [layer, name] = file.split('/');
  return ['packages', 'products', 'apps'].includes(layer) ? { layer, name } : undefined;
};

const isTest = (file) => /\.test\.tsx?$|\/conformance\/|\/testing\//.test(file);
const isDecide = (file) => /\/decide(-[a-z0-9-]+)?\.ts$|\/decide\//.test(file);
const isPure = (file, place) =>
  !isTest(file) &&
  !IMPURE_EXCEPTIONS.has(file) &&
  ((place.layer === 'packages' && PURE_PACKAGES.has(place.name)) || isDecide(file));

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');

const importsOf = (code) =>
  [
    ...code.matchAll(
      /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g,
    ),
  ].map((match) => ({
    typeOnly: match[1] !== undefined,
    specifier: match[2] ?? match[3] ?? match[4],
  }));

const importViolations = (place, specifier, typeOnly, file) => {
  const found = [];
  const own = /^@argosy\/([a-z-]+)(\/.*)?$/.exec(specifier);
  if (own?.[2]) found.push(`imports ${specifier}: enter packages by their front door (@argosy/${own[1]})`);
  if (own && !mayImport(place, own[1]))
    found.push(`${place.layer}/${place.name} may not import @argosy/${own[1]}: imports only point down`);
  if (specifier.startsWith('.') && escapes(file, specifier))
    found.push(`imports ${specifier}, which leaves its package`);
  if (isPure(file, place) && !typeOnly && PURE_FORBIDDEN_IMPORTS.test(specifier))
    found.push(`imports ${specifier}: this code is pure`);
  return found;
};

const escapes = (file, specifier) => {
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
  return target.split('/').slice(0, 2).join('/') !== file.split('/').slice(0, 2).join('/');
};

const mayImport = (place, name) => {
  if (place.layer === 'apps') return place.name === 'argosy';
  if (PRODUCTS.includes(name)) return place.layer === 'products' && place.name === name;
  if (place.layer === 'products') return ORDER.includes(name);
  if ((EXTRA_DENIALS[place.name] ?? []).includes(name)) return false;
  return ORDER.indexOf(name) >= 0 && ORDER.indexOf(name) <= ORDER.indexOf(place.name);
};

const purityViolations = (code) =>
  IMPURE_TEXT.filter(([pattern]) => pattern.test(code)).map(([, what]) => `${what}: this code is pure`);

const ambientViolations = (code) =>
  IMPURE_TEXT.slice(0, 4)
    .filter(([pattern]) => pattern.test(code.replace(/\bprocess\.(pid|kill|platform|getuid)\b/g, '')))
    .map(([, what]) => `${what}: time, randomness and configuration are ports below apps/`);

const walk = (folder) =>
  fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', 'web'].includes(entry.name) ? [] : walk(full);
    return entry.name.endsWith('.ts') ? [full] : [];
  });

/** Lists the violations of a whole checkout. */
export const violationsIn = (root) =>
  ['packages', 'products', 'apps']
    .map((folder) => path.join(root, folder))
    .filter((folder) => fs.existsSync(folder))
    .flatMap(walk)
    .flatMap((file) =>
      violationsOf(path.relative(root, file).split(path.sep).join('/'), fs.readFileSync(file, 'utf8')),
    );

if (process.argv[1] && import.meta.url === new URL(`file://${path.resolve(process.argv[1])}`).href) {
  const violations = violationsIn(process.argv[2] ?? '.');
  for (const violation of violations) console.error(violation);
  console.log(violations.length === 0 ? 'layers: no violations' : `layers: ${violations.length} violations`);
  process.exit(violations.length === 0 ? 0 : 1);
}
