/** etcd in YAML: containers of manifests and compose files, etcd's configuration file, what platforms have for it. */
import { isFlag } from '../../cluster/flags';
import { isNullText, valueOf, type MapNode, type Node } from '../../scenario/node';
import type { SourceFile } from '../../source';
import { isEtcdImage, ofContainer } from './command';
import {
  addFindings,
  emptyFound,
  isOptionsVariable,
  noFindings,
  NOT_READ,
  versionIn,
  versionOfTag,
  word,
  type Findings,
  type Found,
  type LeftOut,
  type Word,
} from './found';
import { flagsIn, isFlagWord } from './flags-in';
import { fromPlatform, fromValues } from './platforms';
import { readScript, shellWords } from './script';
import { yamlDocuments } from './yaml-tree';
import { scalarText, sourceOf, textOf, textsOf, variablesIn } from './yaml-values';

type ReadText = (text: string, name: string) => Findings | undefined;

/** Everything in a YAML text. Throws ScenarioError for what is no YAML. */
export function fromYaml(source: SourceFile, readText: ReadText): Findings {
  const findings = noFindings();
  const roots = yamlDocuments(source);
  const configMaps = new Map<string, MapNode>();
  for (const root of roots) for (const map of mapsIn(root)) collectConfigMap(map, configMaps);
  for (const root of roots) {
    const before = findings.found.length;
    new Walk(findings, configMaps, readText).visit(root, []);
    if (findings.found.length > before || root.kind !== 'map') continue;
    const section = valueOf(root, 'etcd');
    const values = fromValues(root) ?? (section?.kind === 'map' ? fromValues(section) : undefined);
    if (!values) continue;
    for (const one of findings.loose) if (one[0].startsWith('ETCD_')) values.variables.set(...one);
    findings.found.push(values);
  }
  return findings;
}

function mapsIn(node: Node): MapNode[] {
  if (node.kind === 'scalar') return [];
  if (node.kind === 'seq') return node.items.flatMap(mapsIn);
  return [node, ...node.entries.flatMap(({ value }) => mapsIn(value))];
}

function collectConfigMap(map: MapNode, configMaps: Map<string, MapNode>): void {
  const metadata = valueOf(map, 'metadata');
  const data = valueOf(map, 'data');
  const name = metadata?.kind === 'map' ? textOf(metadata, 'name') : undefined;
  if (textOf(map, 'kind') === 'ConfigMap' && name !== undefined && data?.kind === 'map') configMaps.set(name, data);
}

class Walk {
  constructor(
    private readonly findings: Findings,
    private readonly configMaps: ReadonlyMap<string, MapNode>,
    private readonly readText: ReadText,
  ) {}

  visit(node: Node, path: readonly string[]): void {
    if (node.kind === 'scalar') return this.visitText(node.text, path);
    if (node.kind === 'seq') {
      if (path.length === 0 && node.items.length > 0 && node.items.every((item) => isFlagWord(scalarText(item)))) {
        this.findings.found.push(ofFlagList(node.items));
        return;
      }
      for (const item of node.items) this.visit(item, path);
      return;
    }
    const kind = textOf(node, 'kind');
    if (path.length === 0 && kind !== undefined) this.findings.others.push(`kind ${kind}`);
    if (isContainer(node)) return this.visitContainer(node, path);
    const platform = fromPlatform(node, path);
    if (platform) {
      this.findings.found.push(platform);
      if (platform.as.startsWith('a K3s') || platform.as.startsWith('an Et')) return;
    } else if (isConfiguration(node)) {
      this.findings.found.push(fromConfiguration(node, path));
      return;
    }
    if (kind === 'ConfigMap') return this.visitConfigMap(node);
    const image = textOf(node, 'image');
    for (const { key, value } of node.entries) {
      if (/^(env|environment|extraEnv(Vars)?|etcdEnv)$/.test(key.text)) this.addLoose(value);
      else if (platform && key.text === 'etcd') continue;
      else if (key.text.startsWith('ETCD_') && value.kind === 'scalar')
        this.findings.loose.set(key.text, word(value.text));
      else this.visit(value, [...path, key.text]);
    }
    if (image !== undefined) this.findings.others.push(`the image ${image}`);
  }

  private addLoose(node: Node): void {
    for (const [name, value] of variablesIn(node, [])) {
      if (name.startsWith('ETCD_')) this.findings.loose.set(name, value);
    }
  }

  /** A file or a command in a text: of a ConfigMap, of cloud-init, of a task. */
  private visitText(text: string, path: readonly string[]): void {
    if (!text.includes('\n') && !/\betcd\b[^\n]*\s--?[a-z]/.test(text) && !/^--?[a-z][\w-]*[= ]/.test(text)) return;
    const inner = this.readText(text, path.join('.'));
    if (!inner) return;
    const place = path.join('.');
    for (const found of inner.found) {
      found.subject = place === '' ? found.subject : `${found.subject} in ${place}`;
      if (!text.includes('\n') && found.rank > 1) found.rank = 2;
    }
    addFindings(this.findings, inner);
  }

  private visitConfigMap(map: MapNode): void {
    const data = valueOf(map, 'data');
    if (data?.kind !== 'map') return;
    for (const { key, value } of data.entries) {
      if (key.text.startsWith('ETCD_') && value.kind === 'scalar') this.findings.loose.set(key.text, word(value.text));
      else this.visit(value, ['data', key.text]);
    }
  }

  private visitContainer(map: MapNode, path: readonly string[]): void {
    const name = textOf(map, 'name') ?? textOf(map, 'container_name') ?? path.at(-1) ?? '';
    const image = textOf(map, 'image') ?? textOf(map, 'Image') ?? '';
    const isInit = path.at(-1) === 'initContainers';
    const isService = path.at(-2) === 'services' || valueOf(map, 'environment') !== undefined;
    const subject = `${isService ? 'the service' : 'the container'} ${isService ? (path.at(-1) ?? name) : name}`.trim();
    const about = {
      as: isService ? 'a compose file' : 'a manifest',
      subject,
      name,
      readScript: (script: string): Findings =>
        readScript(script, {
          as: 'a manifest',
          subject,
          readText: (text) => this.readText(text, subject) ?? noFindings(),
        }),
    };
    const inner = ofContainer(image, programOf(map), about);
    const leftOut: LeftOut[] = [];
    const variables = this.variablesOf(map, leftOut);
    if (
      inner.found.length === 0 &&
      isEtcdImage(image) &&
      [...variables.keys()].some((one) => one.startsWith('ETCD_'))
    ) {
      // An image that starts etcd by a script of its own, with what the environment says.
      const found = emptyFound(about.as, subject, 2);
      found.version = versionIn(image);
      const read = programOf(map)
        .map(({ text }) => text)
        .join(' ');
      if (read !== '') found.leftOut.push({ what: read, why: `${NOT_READ}: the command of the container is not etcd` });
      if (!/\betcdctl\b/.test(read)) inner.found.push(found);
    }
    for (const found of inner.found) {
      if (isInit) found.rank = Math.min(found.rank, 1);
      found.version ??= image === '' ? undefined : versionOfTag(image.split('/').at(-1)?.split(':')[1] ?? '');
      for (const one of variables) if (!found.variables.has(one[0])) found.variables.set(...one);
      found.leftOut.push(...leftOut);
      if (hasOpenTag(image))
        found.leftOut.push({ what: `image: ${image}`, why: `${NOT_READ}: the version is a variable` });
    }
    addFindings(this.findings, { ...inner, others: [], loose: new Map() });
    if (inner.found.length === 0) this.findings.others.push(`${subject}${image === '' ? '' : ` (${image})`}`);
  }

  /** `env` overrides `envFrom`, as in Kubernetes. What a ConfigMap of the same input has is read. */
  private variablesOf(map: MapNode, leftOut: LeftOut[]): Map<string, Word> {
    const variables = new Map<string, Word>();
    const envFrom = valueOf(map, 'envFrom');
    for (const item of envFrom?.kind === 'seq' ? envFrom.items : []) {
      const from = sourceOf(item);
      const data = this.configMaps.get(from.replace(/^configMapRef /, ''));
      if (data && from.startsWith('configMapRef')) {
        for (const one of variablesIn(data, leftOut)) variables.set(...one);
      } else leftOut.push({ what: `envFrom ${from}`, why: `${NOT_READ}: import it as well` });
    }
    for (const key of ['env_file']) {
      const node = valueOf(map, key);
      const files = node?.kind === 'seq' ? node.items : node ? [node] : [];
      for (const file of files) {
        const path = file.kind === 'map' ? textOf(file, 'path') : scalarText(file);
        leftOut.push({ what: `the environment file ${path ?? ''}`, why: `${NOT_READ}: import it as well` });
      }
    }
    for (const key of ['env', 'environment', 'Env']) {
      for (const one of variablesIn(valueOf(map, key), leftOut)) variables.set(...one);
    }
    return variables;
  }
}

function hasOpenTag(image: string): boolean {
  return /\$|\{\{/.test(image);
}

/** A map that says what a container runs: of Kubernetes, compose, Docker (`docker inspect`) or ECS. */
function isContainer(map: MapNode): boolean {
  const has = (...keys: string[]): boolean => keys.some((key) => valueOf(map, key) !== undefined);
  const image = valueOf(map, 'image') ?? valueOf(map, 'Image');
  if (image?.kind === 'map') return false;
  if (textOf(map, 'kind') !== undefined) return false;
  const program = has('command', 'args', 'entrypoint', 'entryPoint', 'Cmd', 'Entrypoint');
  if (image !== undefined)
    return program || has('env', 'environment', 'Env', 'envFrom', 'env_file', 'name', 'ports', 'volumes', 'hostname');
  return program && has('env', 'environment', 'name', 'volumeMounts', 'ports');
}

function programOf(map: MapNode): Word[] {
  return ['entrypoint', 'Entrypoint', 'entryPoint', 'command', 'Cmd', 'args'].flatMap((key) => {
    const node = valueOf(map, key);
    if (node?.kind !== 'scalar') return textsOf(node).map(word);
    return node.plain && isNullText(node.text) ? [] : shellWords(node.text);
  });
}

/** A list of flags alone, as a manifest's `args` are copied. */
function ofFlagList(items: readonly Node[]): Found {
  const found = emptyFound('a list of flags', 'the list', 4);
  const { flags, leftOut } = flagsIn(items.flatMap((item) => (item.kind === 'scalar' ? [word(item.text)] : [])));
  found.flags = flags;
  found.leftOut = leftOut;
  return found;
}

/** Names that other programs have in their configuration as well: one alone makes no file of etcd's. */
const COMMON =
  /^(name|proxy|debug|discovery|metrics|logger|log-level|log-format|log-outputs?|cors|data-dir|config(-file)?|(peer-)?(cert|key|ca|trusted-ca)-file|snapshot|force|v+|cipher-suites|tls-m\w+-version|version|feature-gates|election-timeout|heartbeat-interval)$/;

function isConfiguration(map: MapNode): boolean {
  if (textOf(map, 'kind') !== undefined && textOf(map, 'apiVersion') !== undefined) return false;
  const names = map.entries.map(({ key }) => key.text);
  const flags = names.filter((name) => isFlag(name) && !isOptionsVariable(name));
  if (flags.some((name) => !COMMON.test(name))) return !names.some((name) => /^(services|image|command)$/.test(name));
  return flags.includes('name') && flags.includes('data-dir');
}

/** The flags that the nested keys of a configuration file stand for (etcd's server/embed/config.go). */
const NESTED: Readonly<Record<string, string>> = {
  'client-transport-security': '',
  'peer-transport-security': 'peer-',
};

function fromConfiguration(root: MapNode, path: readonly string[]): Found {
  const place = path.join('.');
  const found = emptyFound('a configuration file', place === '' ? 'the file' : place, 3);
  const set = (name: string, written: string, value: Node): void => {
    const text = value.kind === 'seq' ? textsOf(value).join(',') : scalarText(value);
    const isUnset = value.kind === 'scalar' && value.plain && isNullText(value.text);
    if (value.kind === 'map' || text === undefined) {
      found.leftOut.push({ what: written, why: `${NOT_READ}: a nested setting` });
      listNested(value, written, found.leftOut);
    } else if (isUnset || text === '') found.leftOut.push({ what: written, why: 'empty: etcd uses its default' });
    else if (isFlag(name)) found.settings.set(name, word(asOnCommandLine(name, text)));
    else found.leftOut.push({ what: `${written}: ${text}`, why: NO_SETTING });
  };
  for (const { key, value } of root.entries) {
    const prefix = Object.hasOwn(NESTED, key.text) ? NESTED[key.text] : undefined;
    if (value.kind !== 'map' || prefix === undefined) set(key.text, key.text, value);
    else {
      for (const inner of value.entries) {
        set(`${prefix}${securityFlag(inner.key.text)}`, `${key.text}.${inner.key.text}`, inner.value);
      }
    }
  }
  return found;
}

const NO_SETTING = 'no setting that etcd has as a flag; etcd ignores keys that it does not know';

/** `allowed-cn` of the file is `cert-allowed-cn` on the command line. */
function securityFlag(key: string): string {
  return /^allowed-/.test(key) ? `cert-${key}` : key;
}

function listNested(node: Node, place: string, leftOut: LeftOut[]): void {
  if (node.kind !== 'map') return;
  for (const { key, value } of node.entries) {
    leftOut.push({ what: `${place}.${key.text}`, why: `${NOT_READ}: a nested setting` });
    listNested(value, `${place}.${key.text}`, leftOut);
  }
}

/** A configuration file may have a duration as a number of nanoseconds, which no command line takes. */
function asOnCommandLine(name: string, text: string): string {
  const isDuration = /(interval|duration|timeout|time)$/.test(name) && !IN_MILLISECONDS.includes(name);
  return isDuration && /^[1-9]\d{5,}$/.test(text) ? `${text}ns` : text;
}

const IN_MILLISECONDS = ['heartbeat-interval', 'election-timeout'];
