/** What ajv found, as problems for people: one for each mistake, at its place, with what would be right. */
import type { ErrorObject } from 'ajv';
import type { Problem } from '../errors';
import { nearest } from '../match';
import type { SourceFile } from '../source';
import type { JsonSchema } from '../steps/schema';
import { expectation, typesOf } from './expectation';
import { cut, describe, locate, type MapEntry, type Node } from './node';
import { MAX_PROBLEMS, problemAt } from './parse';

interface Subject {
  source: SourceFile;
  node: Node;
  /** The whole in messages: `\`put\``. */
  what: string;
}

/** The errors of one value, by what they mean together: a misspelt key is not a missing one as well. */
export function shapeProblems(errors: readonly ErrorObject[], subject: Subject): Problem[] {
  const byPath = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    const same = byPath.get(error.instancePath) ?? [];
    if (same.length < MAX_PROBLEMS) byPath.set(error.instancePath, [...same, error]);
  }
  return [...byPath].slice(0, MAX_PROBLEMS).flatMap(([path, same]) => problemsOf(path, same, subject));
}

function problemsOf(path: string, errors: readonly ErrorObject[], subject: Subject): Problem[] {
  const node = locate(subject.node, path);
  const where = nameOf(path, subject);
  const unknown = errors.filter((error) => error.keyword === 'additionalProperties');
  const missing = errors.flatMap((error) => (error.keyword === 'required' ? [missingOf(error)] : []));
  const misspelt = unknown.map((error) => unknownKey(error, node, where, missing, subject));
  const meant = new Set(misspelt.map(({ near }) => near));
  const lacking = missing.filter((key) => !meant.has(key));
  const problems = misspelt.map(({ problem }) => problem);
  if (lacking.length > 0) problems.push(lacks(lacking, node, where, subject));
  const [first] = errors.filter((error) => !unknown.includes(error) && error.keyword !== 'required');
  return problems.length > 0 || !first ? problems : [wrongValue(first, node, where, subject)];
}

function missingOf(error: ErrorObject): string {
  return (error.params as { missingProperty: string }).missingProperty;
}

function lacks(keys: readonly string[], node: Node, where: string, subject: Subject): Problem {
  return at(subject, node, 'missing-key', `${where} lacks ${inWords(keys.map((key) => `\`${key}\``))}`);
}

function unknownKey(
  error: ErrorObject,
  node: Node,
  where: string,
  missing: readonly string[],
  subject: Subject,
): { problem: Problem; near: string | undefined } {
  const key = (error.params as { additionalProperty: string }).additionalProperty;
  const known = Object.keys((error.parentSchema as JsonSchema).properties ?? {});
  const entry = entryOf(node, key);
  const near = nearest(key, missing) ?? nearest(key, known);
  const hint =
    near === undefined ? `it has ${known.map((one) => `\`${one}\``).join(', ')}` : `did you mean \`${near}\`?`;
  return { problem: at(subject, entry?.key ?? node, 'unknown-key', `${where} has no \`${cut(key)}\``, hint), near };
}

function wrongValue(error: ErrorObject, node: Node, where: string, subject: Subject): Problem {
  const schema = error.parentSchema as JsonSchema;
  switch (error.keyword) {
    case 'enum': {
      const allowed = (error.params as { allowedValues: unknown[] }).allowedValues.map(String);
      const near = node.kind === 'scalar' ? nearest(node.text, allowed) : undefined;
      const words = allowed.length === 1 ? `only ${allowed.join('')}` : `one of ${allowed.join(', ')}`;
      const hint = near === undefined || allowed.length === 1 ? undefined : `did you mean \`${near}\`?`;
      return at(subject, node, 'wrong-value', `${where} takes ${words}, not ${describe(node)}`, hint);
    }
    case 'maxItems': {
      const second = node.kind === 'seq' ? (node.items[1] ?? node) : node;
      const size = node.kind === 'seq' ? node.items.length : 0;
      return at(subject, second, 'wrong-value', `${where} takes one member, and this list has ${size}`);
    }
    case 'minItems': {
      const size = node.kind === 'seq' ? node.items.length : 0;
      const not = size === 0 ? 'an empty list' : `one of ${size}`;
      return at(subject, node, 'wrong-value', `${where} takes ${expectation(schema)}, not ${not}`);
    }
    case 'uniqueItems': {
      const { i, j } = error.params as { i: number; j: number };
      const twice = node.kind === 'seq' ? (node.items[Math.max(i, j)] ?? node) : node;
      return at(subject, twice, 'twice', `${where} has ${describe(twice)} twice`);
    }
    default: {
      const hint = hintFor(node, schema);
      return at(subject, node, 'wrong-value', `${where} takes ${expectation(schema)}, not ${describe(node)}`, hint);
    }
  }
}

/** What a value that is nearly right lacks. */
function hintFor(node: Node, schema: JsonSchema): string | undefined {
  const types = typesOf(schema);
  if (types.includes('array') && node.kind === 'map') return 'write it as a list: `[{…}]`';
  if (node.kind !== 'scalar') return undefined;
  if (/^\$(results|vars|matrix|repeat)\./.test(node.text)) return `write \`\${${cut(node.text.slice(1))}}\``;
  if ((schema.names ?? schema.items?.names) !== undefined && /^\d+$/.test(node.text))
    return 'name them: `[etcd-1, etcd-2]`';
  if (schema.expects?.startsWith('a full version') && /^\d+\.\d+$/.test(node.text))
    return 'with its patch number; a line as a whole is for `--etcd`';
  if (types.join('') === 'array' && !schema.steps && node.text !== '' && node.text !== 'all')
    return `write a list: \`[${cut(node.text.split(/[\s,]+/).join(', '))}]\``;
  if (types.includes('integer') && /^[-+]?\d{16,}$/.test(node.text)) return `at most ${Number.MAX_SAFE_INTEGER}`;
  if (types.includes('integer') && !node.plain && /^\d+$/.test(node.text)) return 'without quotes it is a number';
  if (types.includes('boolean') && /^(yes|no|on|off)$/i.test(node.text)) {
    return `write ${/^(yes|on)$/i.test(node.text) ? 'true' : 'false'}`;
  }
  if (types.includes('boolean') && !node.plain && /^(true|false)$/.test(node.text)) return 'write it without quotes';
  if (schema.expects?.startsWith('a duration') && /^\d{1,9}(\.\d{1,9})?$/.test(node.text)) {
    return `with its unit: ${node.text}s or ${node.text}ms`;
  }
  if (schema.expects?.startsWith('a duration')) return spelt(/^(\d{1,9})\s*(ms|s|m|h|d)[a-z]*$/i, node.text, '');
  if (schema.expects?.startsWith('a size')) return spelt(/^(\d{1,9})\s*([KM])i?B?$/i, node.text, 'iB');
  return undefined;
}

/** A number with a unit that is nearly spelt right. */
function spelt(pattern: RegExp, text: string, rest: string): string | undefined {
  const [, amount, unit = ''] = pattern.exec(text) ?? [];
  if (amount === undefined) return undefined;
  return `write ${amount}${rest === '' ? unit.toLowerCase() : unit.toUpperCase()}${rest}`;
}

/** What a JSON pointer leads to, in the author's words: the key, or whose item it is. */
function nameOf(pointer: string, { node, what }: Subject): string {
  let name = what;
  let at = node;
  for (const part of pointer.split('/').slice(1)) {
    if (at.kind === 'seq') {
      name = name.startsWith('an item of ') ? name : `an item of ${name}`;
      at = at.items[Number(part)] ?? at;
      continue;
    }
    const entry = entryOf(at, part.replace(/~1/g, '/').replace(/~0/g, '~'));
    if (!entry) break;
    // The short form `- kill: etcd-1` has no key of its own: the action's name stands for it.
    if (entry.key.end > entry.key.start) name = `\`${cut(entry.key.text)}\``;
    at = entry.value;
  }
  return name;
}

function entryOf(node: Node, key: string): MapEntry | undefined {
  return node.kind === 'map' ? node.entries.find((one) => one.key.text === key) : undefined;
}

/** `a`, `a and b`, `a, b and c`. */
function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function at(subject: Subject, node: Node, rule: string, message: string, hint?: string): Problem {
  const range = node.kind === 'scalar' ? node : { start: node.start, end: node.start + 1, source: node.source };
  return problemAt(subject.source, range, rule, message, hint);
}
