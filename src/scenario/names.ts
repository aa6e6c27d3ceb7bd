/** Every member that a drill names has to be declared. */
import type { Problem } from '../errors';
import { nearest } from '../match';
import type { SourceFile } from '../source';
import { SELECTOR_WORDS } from '../steps/select';
import type { JsonSchema } from '../steps/schema';
import { hasExpression } from './expressions';
import { children, cut, type Node, type ScalarNode } from './node';
import { MAX_PROBLEMS, problemAt } from './parse';

/** Words that may stand beside declared names, by kind of place. */
const WORDS: Record<string, readonly string[]> = {
  selector: SELECTOR_WORDS,
  single: SELECTOR_WORDS,
  startable: ['all'],
  leader: ['any', 'none'],
  one: [],
  plain: [],
};

interface Naming {
  at: ScalarNode;
  /** Words that may stand there beside declared names. */
  words: readonly string[];
}

/** The undeclared names in a node, found along its schema. */
export function undeclared(source: SourceFile, node: Node, schema: JsonSchema, members: readonly string[]): Problem[] {
  const declared = new Set(members);
  const wrong = namings(node, schema).filter(
    ({ at: { text }, words }) => !hasExpression(text) && !declared.has(text) && !words.includes(text),
  );
  return wrong.slice(0, MAX_PROBLEMS).map(({ at, words }) => {
    const message = `"${cut(at.text)}" is no member of this scenario`;
    return problemAt(source, at, 'undeclared-member', message, hintFor(at.text, words, members));
  });
}

/** Every scalar that names a member. */
function namings(node: Node, schema: JsonSchema | undefined): Naming[] {
  if (!schema) return [];
  const below = children(node, schema).flatMap(([child, inner]) => namings(child, inner));
  if (schema.names === undefined) return below;
  switch (node.kind) {
    case 'scalar':
      return schema.names === 'plain' ? below : [...below, { at: node, words: WORDS[schema.names] ?? [] }];
    case 'seq':
      return [...below, ...node.items.flatMap((at) => (at.kind === 'scalar' ? [{ at, words: [] }] : []))];
    case 'map':
      return schema.names === 'plain' ? [...below, ...node.entries.map(({ key }) => ({ at: key, words: [] }))] : below;
  }
}

function hintFor(name: string, words: readonly string[], members: readonly string[]): string {
  if (isWord(name)) return whereWordsStand(name, words);
  const parts = name.split(/[\s,]+/).filter((part) => part !== '');
  if (parts.length > 1 && parts.every((part) => members.includes(part))) return `write a list: [${parts.join(', ')}]`;
  const word = /^(true|yes|on)$/i.test(name) ? words.find((one) => one === 'all' || one === 'any') : undefined;
  const none = /^(false|no|off)$/i.test(name) ? words.find((one) => one === 'none') : undefined;
  const near = word ?? none ?? nearest(name, [...members, ...words]);
  const isMisspelt = near !== undefined && withoutNumbers(near) !== withoutNumbers(name);
  return isMisspelt ? `did you mean \`${near}\`?` : `declared are ${members.join(', ')}`;
}

/** Names that differ in their numbers alone are no misspellings of each other. */
function withoutNumbers(name: string): string {
  return name.replace(/\d+/g, '#');
}

function isWord(text: string): boolean {
  return (SELECTOR_WORDS as readonly string[]).includes(text);
}

/** Why a selector's word is none here. */
function whereWordsStand(word: string, words: readonly string[]): string {
  if (words.includes('all'))
    return `here names, lists of names and \`all\` may stand; keep who \`${word}\` was with \`as\``;
  return `the word \`${word}\` is no name, and stands alone where a selector may stand`;
}
