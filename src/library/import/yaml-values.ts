/** Values of YAML nodes as the readers need them. */
import { valueOf, type MapNode, type Node } from '../../scenario/node';
import { NOT_READ, word, type LeftOut, type Word } from './found';

export function scalarText(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined;
}

export function textOf(map: MapNode, key: string): string | undefined {
  return scalarText(valueOf(map, key));
}

/** The texts of a list; a single text is a list of one. */
export function textsOf(node: Node | undefined): string[] {
  if (node?.kind === 'scalar') return [node.text];
  return node?.kind === 'seq' ? node.items.flatMap((item) => scalarText(item) ?? []) : [];
}

/**
 * Variables of Kubernetes (a list of names and values), of compose (a map, or a list of `NAME=value`). One whose value
 * is somewhere else is listed.
 */
export function variablesIn(node: Node | undefined, leftOut: LeftOut[]): Map<string, Word> {
  const variables = new Map<string, Word>();
  const elsewhere = (name: string, from: string): void => {
    leftOut.push({ what: name, why: `${NOT_READ}: its value is ${from}` });
  };
  if (node?.kind === 'map') {
    for (const { key, value } of node.entries) {
      if (value.kind === 'scalar') variables.set(key.text, word(value.text));
      else elsewhere(key.text, 'somewhere else');
    }
  }
  for (const item of node?.kind === 'seq' ? node.items : []) {
    if (item.kind === 'map') {
      const name = textOf(item, 'name') ?? textOf(item, 'Name') ?? '';
      const value = textOf(item, 'value') ?? textOf(item, 'Value');
      if (value !== undefined) variables.set(name, word(value));
      else if (valueOf(item, 'valueFrom')) elsewhere(name, `from ${sourceOf(valueOf(item, 'valueFrom'))}`);
      else elsewhere(name, 'somewhere else');
    } else if (item.kind === 'scalar') {
      const [, name, value] = /^([\w.]+)(?:=([\s\S]*))?$/.exec(item.text) ?? [];
      if (name === undefined) continue;
      if (value === undefined) elsewhere(name, 'in the environment of compose');
      else variables.set(name, word(value));
    }
  }
  return variables;
}

/** `secretKeyRef etcd-auth` of `valueFrom` and `envFrom`. */
export function sourceOf(node: Node | undefined): string {
  const [entry] = node?.kind === 'map' ? node.entries : [];
  if (!entry) return 'somewhere else';
  const name =
    entry.value.kind === 'map' ? (textOf(entry.value, 'name') ?? textOf(entry.value, 'fieldPath')) : undefined;
  return `${entry.key.text}${name === undefined ? '' : ` ${name}`}`;
}
