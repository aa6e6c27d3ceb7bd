/** etcd in YAML: a container of a manifest (static pod, workload, compose file), or a configuration file of etcd's. */
import { valueOf, type MapNode, type Node } from '../../scenario/node';
import { flagOfVariable, flagsIn, versionIn, type Found } from './found';
import { wordsOf } from './from-text';

/** The etcd in a document; undefined where there is none. */
export function fromYaml(root: Node): Found | undefined {
  if (root.kind !== 'map') return undefined;
  const container = mapsIn(root).find(isEtcdContainer);
  if (container) return fromContainer(container);
  return CONFIG_KEYS.some((key) => valueOf(root, key)) ? fromConfig(root) : undefined;
}

function mapsIn(node: Node): MapNode[] {
  if (node.kind === 'scalar') return [];
  if (node.kind === 'seq') return node.items.flatMap(mapsIn);
  return [node, ...node.entries.flatMap(({ value }) => mapsIn(value))];
}

/** A container whose program is etcd, or whose image is. */
function isEtcdContainer(map: MapNode): boolean {
  const words = programOf(map);
  if (words.some((word) => /(^|\/)etcd$/.test(word))) return true;
  return words.length > 0 && /(^|\/)[\w.-]*etcd(:|@|$)/.test(textOf(map, 'image') ?? '');
}

function programOf(map: MapNode): string[] {
  return ['command', 'args', 'entrypoint'].flatMap((key) => textsOf(valueOf(map, key)));
}

function textsOf(node: Node | undefined): string[] {
  if (node?.kind === 'scalar') return wordsOf(node.text);
  return node?.kind === 'seq' ? node.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : [])) : [];
}

function textOf(map: MapNode, key: string): string | undefined {
  const node = valueOf(map, key);
  return node?.kind === 'scalar' ? node.text : undefined;
}

function fromContainer(map: MapNode): Found {
  const unread: string[] = [];
  const variables = variablesOf(valueOf(map, 'env') ?? valueOf(map, 'environment'), unread);
  // A shell around it (`/bin/sh -ec "exec etcd --…"`) is one word: it is taken apart.
  const words = programOf(map).flatMap((word) => (/\betcd\s+-/.test(word) ? wordsOf(word) : [word]));
  const at = words.findIndex((word) => /(^|\/)etcd$/.test(word));
  return {
    as: 'a manifest',
    version: versionIn(textOf(map, 'image') ?? ''),
    flags: new Map([...variables, ...flagsIn(words.slice(at + 1))]),
    unread,
  };
}

/** Kubernetes' list of names and values, or compose's map or list of `NAME=value`. */
function variablesOf(node: Node | undefined, unread: string[]): Map<string, string> {
  const flags = new Map<string, string>();
  const add = (name: string, value: string | undefined): void => {
    const flag = flagOfVariable(name);
    if (flag === undefined) return;
    if (value === undefined) unread.push(`${name}: its value is somewhere else`);
    else flags.set(flag, value);
  };
  if (node?.kind === 'map') {
    for (const { key, value } of node.entries) add(key.text, value.kind === 'scalar' ? value.text : undefined);
  }
  for (const item of node?.kind === 'seq' ? node.items : []) {
    if (item.kind === 'map') add(textOf(item, 'name') ?? '', textOf(item, 'value'));
    const [, name = '', value] = item.kind === 'scalar' ? (/^(\w+)=([\s\S]*)$/.exec(item.text) ?? []) : [];
    if (name !== '') add(name, value);
  }
  return flags;
}

/** Keys by which a configuration file of etcd's is known. */
const CONFIG_KEYS = ['data-dir', 'listen-client-urls', 'advertise-client-urls', 'initial-cluster', 'listen-peer-urls'];

/** The flags that the nested keys of a configuration file stand for (etcd's server/embed/config.go). */
const NESTED: Readonly<Record<string, string>> = {
  'client-transport-security': '',
  'peer-transport-security': 'peer-',
};

function fromConfig(root: MapNode): Found {
  const flags = new Map<string, string>();
  const set = (name: string, value: Node): void => {
    const text = value.kind === 'seq' ? textsOf(value).join(',') : value.kind === 'scalar' ? value.text : undefined;
    const isUnset = value.kind === 'scalar' && value.plain && /^(~|null|)$/i.test(value.text);
    if (text !== undefined && !isUnset && text !== '') flags.set(name, asOnCommandLine(name, text));
  };
  for (const { key, value } of root.entries) {
    const prefix = Object.hasOwn(NESTED, key.text) ? NESTED[key.text] : undefined;
    if (value.kind !== 'map' || prefix === undefined) set(key.text, value);
    else for (const inner of value.entries) set(`${prefix}${inner.key.text}`, inner.value);
  }
  return { as: 'a configuration file', version: undefined, flags, unread: [] };
}

/** A configuration file may have a duration as a number of nanoseconds, which no command line takes. */
function asOnCommandLine(name: string, text: string): string {
  const isDuration = /(interval|duration|timeout|time)$/.test(name) && !IN_MILLISECONDS.includes(name);
  return isDuration && /^[1-9]\d{5,}$/.test(text) ? `${text}ns` : text;
}

const IN_MILLISECONDS = ['heartbeat-interval', 'election-timeout'];
