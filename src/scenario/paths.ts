/** Paths of files that a drill names: each has to be there before anything starts. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { asError } from '../errors';
import type { SourceFile } from '../source';
import type { JsonSchema } from '../steps/schema';
import { containsExpression, escape, unescape } from './expressions';
import { report, type LoadContext } from './load-context';
import { children, schemaUnder, type MapNode, type Node, type ScalarNode } from './node';
import { allSteps, type LoadedStep } from './scenario';

/**
 * The arguments with their paths made absolute: one in a file is relative to that file's folder, one of the command
 * line to the folder that it was typed in. A file that can't be read is reported.
 */
export function withPaths(args: MapNode, schema: JsonSchema, context: LoadContext): MapNode {
  return replace(args, schema, context) as MapNode;
}

/** A file from outside that a step names. */
export interface OutsideFile {
  /** Absolute. */
  path: string;
  step: LoadedStep;
  source: SourceFile;
  /** Where the path stands. */
  at: Node;
}

/** Every file from outside that these steps name, in the order of the drill; those of blocks included. */
export function outsideFiles(steps: readonly LoadedStep[]): OutsideFile[] {
  return allSteps(steps).flatMap((step) =>
    pathsIn(step.args, step.step.schema).map((at) => {
      const literal = unescape(at) as ScalarNode;
      return { path: literal.text, step, source: step.source, at };
    }),
  );
}

function pathsIn(node: Node, schema: JsonSchema | undefined): ScalarNode[] {
  if (!schema) return [];
  if (node.kind === 'scalar') return schema.path ? [node] : [];
  return children(node, schema).flatMap(([child, inner]) => pathsIn(child, inner));
}

function replace(node: Node, schema: JsonSchema | undefined, context: LoadContext): Node {
  if (!schema) return node;
  switch (node.kind) {
    case 'scalar':
      return schema.path ? absolute(node, context) : node;
    case 'seq':
      return { ...node, items: node.items.map((item) => replace(item, schema.items, context)) };
    case 'map':
      return {
        ...node,
        entries: node.entries.map(({ key, value }) => ({
          key,
          value: replace(value, schemaUnder(key.text, schema), context),
        })),
      };
  }
}

function absolute(node: ScalarNode, context: LoadContext): ScalarNode {
  if (containsExpression(node)) {
    const message = 'a file has to be known before anything starts, and this is known only while steps run';
    report(context, node, 'file', message, '`${vars.…}` can stand here');
    return node;
  }
  const literal = (unescape(node) as ScalarNode).text;
  const folder = node.given ? context.callerFolder : dirname(context.source.openedAt);
  const path = resolve(folder, literal);
  const trouble = whyUnreadable(path);
  if (trouble !== undefined) {
    const full = path === literal ? '' : ` (${path})`;
    const whose = node.given ? 'the folder that the command runs in' : 'the folder of the file that names it';
    const hint = path === literal ? undefined : `a relative path is relative to ${whose}`;
    const message = `${trouble} ${literal}${full}`;
    // One file that several steps name is one mistake.
    if (!context.problems.some((one) => one.message === message)) report(context, node, 'file', message, hint);
  }
  return { ...node, text: escape(path) };
}

/** Why a file can't be read, as the beginning of a sentence that ends with its name; undefined where it can. */
export function whyUnreadable(path: string): string | undefined {
  try {
    const info = statSync(path);
    if (!info.isFile())
      return info.isDirectory() ? 'a file is needed, and this is a folder:' : 'this is no plain file:';
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no file';
    if (code === 'EACCES' || code === 'EPERM') return 'you may not read';
    return `can't read (${asError(thrown).message})`;
  }
}
