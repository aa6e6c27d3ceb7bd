/** The steps of a scenario's text with their offsets, so that a mutation can change the text in one place. */
import { valueOf, type MapNode, type Node, type ScalarNode } from '../../src/scenario/node';
import { parseDocument } from '../../src/scenario/parse';
import { SourceFile } from '../../src/source';
import { STEPS } from '../../src/steps';
import { parseRange } from '../../src/version';

/** One step, in the order of the file; blocks stand before the steps in them. */
export interface TextStep {
  /** As reports number it: `4`, nested `4.2`, `finally.1`. */
  id: string;
  action: string;
  node: MapNode;
  args: Node;
  /** Whether it has lines of its own: then it can be dropped, and lines can be added. */
  hasOwnLines: boolean;
  /** Whether it is the only step of its list. */
  isOnly: boolean;
  expectError: Node | undefined;
}

/** The root of a scenario. Throws ScenarioError where the text is not YAML. */
export function rootOf(text: string): MapNode {
  const root = parseDocument(new SourceFile('scenario.yaml', text));
  if (root.kind !== 'map') throw new Error('a scenario is a map');
  return root;
}

/** Every step that runs with this version of etcd; those that `when` skips are left out. */
export function stepsOf(text: string, version: string): TextStep[] {
  const root = rootOf(text);
  return [
    ...stepsIn(text, valueOf(root, 'steps'), '', version),
    ...stepsIn(text, valueOf(root, 'finally'), 'finally.', version),
  ];
}

function stepsIn(text: string, list: Node | undefined, prefix: string, version: string): TextStep[] {
  if (list?.kind !== 'seq') return [];
  return list.items.flatMap((node, i) => {
    const id = `${prefix}${i + 1}`;
    const entry = node.kind === 'map' ? node.entries.find(({ key }) => STEPS.has(key.text)) : undefined;
    if (node.kind !== 'map' || !entry || !applies(node, version)) return [];
    const step: TextStep = {
      id,
      action: entry.key.text,
      node,
      args: entry.value,
      hasOwnLines: /^\s*- $/.test(text.slice(lineStart(text, node.start), node.start)),
      isOnly: list.items.length === 1,
      expectError: valueOf(node, 'expectError'),
    };
    const { value } = entry;
    const nested = value.kind === 'map' ? valueOf(value, 'steps') : entry.key.text === 'parallel' ? value : undefined;
    return [step, ...stepsIn(text, nested, `${id}.`, version)];
  });
}

function applies(step: MapNode, version: string): boolean {
  const when = valueOf(step, 'when');
  const range = when?.kind === 'map' ? valueOf(when, 'etcd') : undefined;
  if (range?.kind !== 'scalar') return true;
  return parseRange(range.text)?.(version) ?? true;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The offset behind the line that holds this offset. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at === -1 ? text.length : at + 1;
}

/** The value of an argument; the short form `kill: etcd-1` has its main argument only. */
export function argument({ action, args }: Pick<TextStep, 'action' | 'args'>, name: string): Node | undefined {
  if (args.kind === 'map') return valueOf(args, name);
  return STEPS.get(action)?.main === name ? args : undefined;
}

/** Every scalar in a node, with the keys that lead to it. */
export function* scalars(node: Node | undefined, path: readonly string[] = []): Generator<[ScalarNode, string[]]> {
  if (node?.kind === 'scalar') yield [node, [...path]];
  if (node?.kind === 'seq') for (const item of node.items) yield* scalars(item, path);
  if (node?.kind === 'map') for (const { key, value } of node.entries) yield* scalars(value, [...path, key.text]);
}
