/**
 * YAML as people's tools write it, to nodes. Read by `yaml` and not as scenarios are: etcd's own parser takes a closing
 * bracket in column 0 and a key that stands twice, and so does this.
 */
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, Scalar, type Document, type Node as YamlNode } from 'yaml';
import { ScenarioError } from '../../errors';
import type { MapEntry, MapNode, Node, ScalarNode } from '../../scenario/node';
import { problemAt } from '../../scenario/parse';
import type { SourceFile } from '../../source';

/** Nodes with aliases followed; beyond it a file is an alias bomb. */
const MAX_NODES = 200_000;

/** The documents of a text, empty ones left out. Throws ScenarioError with the place of what is no YAML. */
export function yamlDocuments(source: SourceFile): Node[] {
  const parsed = parsedDocuments(source);
  for (const { errors } of parsed) {
    const [error] = errors;
    if (!error) continue;
    const [start, end] = error.pos;
    const template = /\{\{|\{%/.test(source.text);
    const hint = template
      ? 'this is a template: render it first (`helm template`, `ansible`), and import what comes out'
      : 'correct the file, or import the command line that etcd runs with (`ps -ef`)';
    throw new ScenarioError([
      problemAt(
        source,
        { start, end: Math.max(end, start + 1) },
        'yaml',
        `can't be read as YAML: ${error.message}`,
        hint,
      ),
    ]);
  }
  const counter = { nodes: 0 };
  return parsed.flatMap((document) => {
    const { contents } = document;
    return contents === null ? [] : [toNode(contents, { document, counter, source })];
  });
}

function parsedDocuments(source: SourceFile): Document.Parsed[] {
  try {
    const documents = parseAllDocuments(source.text, { uniqueKeys: false, logLevel: 'silent', prettyErrors: false });
    return Array.isArray(documents) ? documents : [];
  } catch (thrown) {
    // The parser recurses: a file of brackets alone ends its stack.
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new ScenarioError([
      problemAt(source, { start: 0, end: 1 }, 'too-deep', 'the file is nested too deep to be read'),
    ]);
  }
}

interface Context {
  document: Document;
  counter: { nodes: number };
  source: SourceFile;
}

function toNode(node: YamlNode | null, context: Context): Node {
  const [start = 0, end = 0] = node?.range ?? [];
  context.counter.nodes++;
  if (context.counter.nodes > MAX_NODES) {
    const message = `with its aliases followed the file has more than ${MAX_NODES} nodes`;
    throw new ScenarioError([problemAt(context.source, { start, end }, 'too-large', message)]);
  }
  if (isAlias(node)) return toNode((node.resolve(context.document) as YamlNode | undefined) ?? null, context);
  if (isSeq(node))
    return { kind: 'seq', items: node.items.map((item) => toNode(item as YamlNode, context)), start, end };
  if (isMap(node)) {
    const entries = new Map<string, MapEntry>();
    const merged: MapEntry[] = [];
    for (const { key, value } of node.items) {
      const name = toNode(key as YamlNode, context);
      const content = toNode(value as YamlNode | null, context);
      if (name.kind !== 'scalar') continue;
      if (name.text === '<<' && name.plain) merged.push(...entriesOf(content));
      else entries.set(name.text, { key: name, value: content });
    }
    for (const entry of merged) if (!entries.has(entry.key.text)) entries.set(entry.key.text, entry);
    return { kind: 'map', entries: [...entries.values()], start, end } satisfies MapNode;
  }
  const text = isScalar(node) ? (node.source ?? '') : '';
  const plain = !isScalar(node) || node.type === undefined || node.type === Scalar.PLAIN;
  return { kind: 'scalar', text, plain, start, end } satisfies ScalarNode;
}

function entriesOf(node: Node): MapEntry[] {
  if (node.kind === 'map') return node.entries;
  return node.kind === 'seq' ? node.items.flatMap(entriesOf) : [];
}
