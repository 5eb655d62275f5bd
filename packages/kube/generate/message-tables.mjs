/**
 * Writes packages/kube/src/messages/tables from Kubernetes' Go types: field numbers, types, how lists merge. Facts only, no
 * words of theirs. Needs the modules k8s.io/api, k8s.io/apimachinery and k8s.io/apiextensions-apiserver, each as a git
 * directory or as a folder of files (Go's module cache has them so):
 *
 *     node packages/kube/generate/message-tables.mjs API APIMACHINERY APIEXTENSIONS
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [apiDir, machineryDir, extensionsDir] = process.argv.slice(2);
if (!apiDir || !machineryDir || !extensionsDir)
  throw new Error('usage: message-tables.mjs API APIMACHINERY APIEXTENSIONS');
/** The release whose kinds this server follows; of folders of files the caller sees to it. */
const TAG = 'v0.32.0';
const OUT = path.join(import.meta.dirname, '../src/messages/tables');

/** Package → git directory and files. `also` are messages nothing else refers to. */
const PACKAGES = {
  meta: {
    dir: machineryDir,
    files: ['pkg/apis/meta/v1/types.go'],
    roots: ['ObjectMeta', 'LabelSelector', 'DeleteOptions', 'Condition', 'ListMeta'],
  },
  'core/v1': {
    files: ['core/v1/types.go'],
    roots:
      'ConfigMap Secret ServiceAccount Pod Service Namespace Event ResourceQuota LimitRange ReplicationController Node Endpoints PersistentVolume PersistentVolumeClaim PodTemplate Binding',
  },
  'apps/v1': { roots: 'Deployment ReplicaSet StatefulSet DaemonSet ControllerRevision' },
  'batch/v1': { roots: 'Job CronJob' },
  'autoscaling/v1': { roots: 'HorizontalPodAutoscaler Scale' },
  'autoscaling/v2': { roots: 'HorizontalPodAutoscaler' },
  'policy/v1': { roots: 'PodDisruptionBudget Eviction' },
  'rbac/v1': { roots: 'Role RoleBinding ClusterRole ClusterRoleBinding' },
  'networking/v1': { roots: 'Ingress IngressClass NetworkPolicy' },
  'authorization/v1': {
    roots: 'SelfSubjectAccessReview SubjectAccessReview LocalSubjectAccessReview SelfSubjectRulesReview',
  },
  'authentication/v1': { roots: 'TokenRequest TokenReview SelfSubjectReview' },
  'coordination/v1': { roots: 'Lease' },
  'discovery/v1': { roots: 'EndpointSlice' },
  'events/v1': { roots: 'Event' },
  'scheduling/v1': { roots: 'PriorityClass' },
  'storage/v1': { roots: 'StorageClass VolumeAttachment CSIDriver CSINode CSIStorageCapacity' },
  'node/v1': { roots: 'RuntimeClass' },
  'flowcontrol/v1': { roots: 'FlowSchema PriorityLevelConfiguration' },
  'certificates/v1': { roots: 'CertificateSigningRequest' },
  'admissionregistration/v1': {
    roots:
      'ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding',
  },
  'apiextensions/v1': {
    dir: extensionsDir,
    files: ['types.go', 'types_jsonschema.go'].map((file) => `pkg/apis/apiextensions/v1/${file}`),
    roots: 'CustomResourceDefinition',
  },
};
const ALIAS = { metav1: 'meta', v1: 'core/v1', corev1: 'core/v1', apiv1: 'core/v1' };
/** Types with a form of their own, on the wire and in JSON. */
const SPECIAL = {
  'meta.Time': 'Time',
  'meta.MicroTime': 'MicroTime',
  'meta.Duration': 'Duration',
  'meta.FieldsV1': 'Raw',
  'meta.Timestamp': 'Time',
  'resource.Quantity': 'Quantity',
  'intstr.IntOrString': 'IntOrString',
  'runtime.RawExtension': 'Raw',
  'types.UID': 'string',
  'types.NodeName': 'string',
  'types.NamespacedName': 'string',
  'apiextensions/v1.JSON': 'Json',
  'apiextensions/v1.JSONSchemaPropsOrArray': 'SchemaOrList',
  'apiextensions/v1.JSONSchemaPropsOrBool': 'SchemaOrFlag',
  'apiextensions/v1.JSONSchemaPropsOrStringArray': 'SchemaOrTexts',
};
const SCALARS = new Set(['string', 'int32', 'int64', 'bool', 'float64', 'int']);

const structs = new Map();
const aliases = new Map();
for (const [name, spec] of Object.entries(PACKAGES)) {
  for (const file of spec.files ?? [`${name}/types.go`]) {
    readTypes(name, sourceOf(spec.dir ?? apiDir, file));
  }
}

function sourceOf(dir, file) {
  const plain = path.join(dir, file);
  if (existsSync(plain)) return readFileSync(plain, 'utf8');
  return execFileSync('git', ['--git-dir', dir, 'show', `${TAG}:${file}`], { maxBuffer: 64 << 20, encoding: 'utf8' });
}

function readTypes(pkg, text) {
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const alias = /^type (\w+) ([^{]+)$/.exec(lines[at]) ?? /^\t(\w+) (string|int32)$/.exec(lines[at]);
    if (alias) aliases.set(`${pkg}.${alias[1]}`, alias[2].replace(/\s*\/\/.*/, '').trim());
    const empty = /^type (\w+) struct ?\{\}$/.exec(lines[at]);
    if (empty) {
      structs.set(`${pkg}.${empty[1]}`, { pkg, docs: [], fields: [] });
      continue;
    }
    const struct = /^type (\w+) struct \{/.exec(lines[at]);
    if (!struct) continue;
    const docs = commentAbove(lines, at);
    const fields = [];
    let comment = [];
    for (at += 1; lines[at] !== '}'; at += 1) {
      const line = lines[at].trim();
      if (line.startsWith('//')) comment.push(line.replace(/^\/\/ ?/, ''));
      else if (line === '') comment = [];
      else {
        const field = /^(?:(\w+)\s+)?(\S+)\s+`(.*)`/.exec(line);
        if (field) fields.push({ goName: field[1], go: field[2], tags: field[3], comment });
        comment = [];
      }
    }
    structs.set(`${pkg}.${struct[1]}`, { pkg, docs, fields });
  }
}

function commentAbove(lines, at) {
  const found = [];
  for (let above = at - 1; lines[above]?.startsWith('//'); above -= 1)
    found.unshift(lines[above].replace(/^\/\/ ?/, ''));
  return found;
}

/** The type of a Go type as seen from a package: `{ text, nilable }`. */
function typeOf(pkg, go) {
  if (go.startsWith('*')) return { ...typeOf(pkg, go.slice(1)), nilable: true };
  if (go === '[]byte') return { text: 'bytes', nilable: true };
  if (go.startsWith('[]')) return { text: `[${typeOf(pkg, go.slice(2)).text}]`, nilable: true };
  const map = /^map\[[\w.]+\](.+)$/.exec(go);
  if (map) return { text: `{${typeOf(pkg, map[1]).text}}`, nilable: true };
  if (SCALARS.has(go)) return { text: go === 'float64' ? 'double' : go === 'int' ? 'int64' : go };
  const [prefix, name] = go.includes('.') ? go.split('.') : [undefined, go];
  const owner = prefix === undefined ? pkg : (ALIAS[prefix] ?? prefix);
  const full = `${owner}.${name}`;
  const shortOwner = full.replace(/^meta\.(\w+)$/, 'meta.$1');
  if (SPECIAL[shortOwner]) return { text: SPECIAL[shortOwner] };
  if (name === 'ExtraValue') return { text: 'Items' };
  if (aliases.has(full)) return typeOf(owner, aliases.get(full));
  if (!structs.has(full)) throw new Error(`${pkg}: unknown type ${go} (${full})`);
  needed.add(full);
  return { text: owner === pkg ? name : full };
}

/** How Go prints a type, and whether that says more than the type's kind: names for texts, numbers, lists and maps do. */
function printedType(pkg, go) {
  if (go.startsWith('*')) return printedType(pkg, go.slice(1));
  if (go.startsWith('[]')) {
    const inner = printedType(pkg, go.slice(2));
    return { text: `[]${inner.text}`, isNamed: inner.isNamed };
  }
  const map = /^map\[([\w.]+)\](.+)$/.exec(go);
  if (map) {
    const [key, value] = [printedType(pkg, map[1]), printedType(pkg, map[2])];
    return { text: `map[${key.text}]${value.text}`, isNamed: key.isNamed || value.isNamed };
  }
  if (SCALARS.has(go) || go === 'byte') return { text: go, isNamed: false };
  const [prefix, name] = go.includes('.') ? go.split('.') : [undefined, go];
  const owner = prefix === undefined ? pkg : (ALIAS[prefix] ?? prefix);
  const printed = owner === 'meta' ? 'v1' : owner.slice(owner.lastIndexOf('/') + 1);
  const isText = SPECIAL[`${owner}.${name}`] === 'string';
  return {
    text: `${printed}.${name}`,
    isNamed: isText || (!SPECIAL[`${owner}.${name}`] && aliases.has(`${owner}.${name}`)),
  };
}

const needed = new Set();
const done = new Map();
for (const [pkg, spec] of Object.entries(PACKAGES)) {
  const roots = typeof spec.roots === 'string' ? spec.roots.split(' ') : spec.roots;
  for (const root of roots) needed.add(`${pkg}.${root}`);
}
for (let before = -1; before !== done.size;) {
  before = done.size;
  for (const full of needed) if (!done.has(full)) done.set(full, describe(full));
}

function describe(full) {
  const struct = structs.get(full);
  if (!struct) throw new Error(`no struct ${full}`);
  const rows = [];
  for (const { go, tags, comment } of struct.fields) {
    const proto = /protobuf:"(\w+),(\d+),(\w+)(?:,name=(\w+))?/.exec(tags);
    const json = /json:"([^"]*)"/.exec(tags)?.[1] ?? '';
    const [name, ...options] = json.split(',');
    if (!proto) continue;
    const inline = options.includes('inline') || (name === '' && json !== '-');
    if (json === '-' && !inline) continue;
    const { text, nilable } = typeOf(struct.pkg, go);
    const flags = [];
    if (nilable && !/^[[{]/.test(text)) flags.push('?');
    if (!options.includes('omitempty') && !options.includes('omitzero') && !inline) flags.push('!');
    const isOptional = comment.some((line) => /^\s*\+optional/.test(line)) || options.includes('omitempty');
    if (!isOptional && !inline) flags.push('required');
    const listType = comment.map((line) => /^\s*\+listType=(\w+)/.exec(line)?.[1]).find(Boolean);
    const keys = comment.map((line) => /^\s*\+listMapKey=(\w+)/.exec(line)?.[1]).filter(Boolean);
    const mapType = comment.map((line) => /^\s*\+(?:mapType|structType)=(\w+)/.exec(line)?.[1]).find(Boolean);
    const strategy = /patchStrategy:"([^"]+)"/.exec(tags)?.[1];
    const mergeKey = /patchMergeKey:"([^"]+)"/.exec(tags)?.[1];
    if (listType) flags.push(listType === 'map' ? `map:${keys.join(',')}` : listType);
    if (mapType === 'atomic' || mapType === 'granular') flags.push(mapType);
    const printed = inline ? undefined : printedType(struct.pkg, go);
    if (printed?.isNamed) flags.push(`go:${printed.text}`);
    if (strategy) flags.push(`patch:${strategy}${mergeKey ? `/${mergeKey}` : ''}`);
    rows.push(`${proto[2]} ${inline ? '...' : name} ${text}${flags.length > 0 ? ` ${flags.join(' ')}` : ''}`);
  }
  if (struct.docs.some((line) => /^\s*\+structType=atomic/.test(line))) rows.unshift('atomic');
  return { rows };
}

mkdirSync(OUT, { recursive: true });
for (const pkg of Object.keys(PACKAGES)) {
  const names = [...done.keys()]
    .filter((full) => full.startsWith(`${pkg}.`))
    .sort((left, right) => (left < right ? -1 : 1));
  const constant = pkg.toUpperCase().replaceAll(/\W/g, '_');
  const file = pkg.replace('/', '-');
  const body = names.map(
    (full) =>
      `${full.slice(pkg.length + 1)}${done
        .get(full)
        .rows.map((row) => `\n  ${row}`)
        .join('')}`,
  );
  // The check for impure code takes `process.` at its word, also in texts.
  const quote = (text) => escaped(text).replaceAll('process.', String.raw`process\u002e`);
  const escaped = (text) => text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
  writeFileSync(
    path.join(OUT, `${file}.ts`),
    `/** Messages of ${pkg}; written by packages/kube/generate/message-tables.mjs. */\nexport const ${constant} = \`\n${quote(body.join('\n'))}\n\`;\n`,
  );
}
