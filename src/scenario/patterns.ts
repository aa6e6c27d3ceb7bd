/** Texts and regular expressions that something is matched against. */
import type { Problem } from '../errors';
import { asError } from '../errors';
import { textMatcher } from '../match';
import type { SourceFile } from '../source';
import type { JsonSchema } from '../steps/schema';
import { hasExpression } from './expressions';
import { children, type Node } from './node';
import { problemAt } from './parse';

/**
 * The rule of patterns and texts that match nearly everything. The scenario can be read all the same, so that what else is
 * wrong with it is reported as well.
 */
export const MATCHES_EVERYTHING = 'matches-everything';

/** Patterns that match everything, or are none; found along the schema, by its `matches`. */
export function patternProblems(source: SourceFile, node: Node, schema: JsonSchema | undefined): Problem[] {
  if (!schema) return [];
  const isPattern = schema.properties?.['matches'] !== undefined;
  // An empty text is refused by the schema.
  if (isPattern && node.kind === 'scalar') return node.text === '' ? [] : blank(source, node);
  if (isPattern && node.kind === 'map') {
    return node.entries.flatMap(({ key, value }) =>
      key.text === 'matches' && value.kind === 'scalar'
        ? value.text.trim() === ''
          ? blank(source, value)
          : noExpression(source, value)
        : [],
    );
  }
  return children(node, schema).flatMap(([child, inner]) => patternProblems(source, child, inner));
}

function blank(source: SourceFile, node: Node & { kind: 'scalar' }): Problem[] {
  if (node.text.trim() !== '') return [];
  return [problemAt(source, node, MATCHES_EVERYTHING, 'a blank text is part of everything that could be said')];
}

/** Texts of an `expectError` that nearly every error contains: a single letter tells no error from another. */
export function singleCharacters(source: SourceFile, node: Node | undefined): Problem[] {
  if (node?.kind === 'seq') return node.items.flatMap((item) => singleCharacters(source, item));
  if (node?.kind !== 'scalar' || [...node.text.trim()].length !== 1) return [];
  const message = `"${node.text}" is one character: nearly every error contains it`;
  return [problemAt(source, node, MATCHES_EVERYTHING, message, 'quote what etcd says')];
}

/** Lines that have nothing in common: what matches all of them matches any line. */
const ANY_LINES = ['q', '7', '{}', 'Ω', '. . .'];

function noExpression(source: SourceFile, node: Node & { kind: 'scalar' }): Problem[] {
  if (hasExpression(node.text)) return [];
  try {
    const matcher = textMatcher({ matches: node.text });
    if (!ANY_LINES.every((line) => matcher.matches(line))) return [];
    const message = `/${node.text}/ matches any line`;
    return [problemAt(source, node, MATCHES_EVERYTHING, message, 'say what the line has to contain')];
  } catch (thrown) {
    const reason = asError(thrown).message.replace(/^.*: /s, '').toLowerCase();
    return [problemAt(source, node, 'pattern', `this is no regular expression: ${reason}`)];
  }
}
