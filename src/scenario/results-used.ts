/** What a step's `${results.…}` and `${repeat.index}` name: it has to be there when the step runs, and to fit. */
import { nearest } from '../match';
import type { JsonSchema } from '../steps/schema';
import type { ResultField, Step } from '../steps/step';
import { substitute, wholeName, type Lookup } from './expressions';
import { isFull, report, type LoadContext } from './load-context';
import { children, type MapNode, type Node } from './node';

type Found = ReturnType<Lookup>;

/** Reports every name in the arguments that is nothing, or not there yet, or of another kind than its place takes. */
export function checkResultsUsed(own: MapNode, { name: action, schema }: Step, context: LoadContext): void {
  const lookup: Lookup = (name) => {
    const [root, result = '', ...keys] = name.split('.');
    if (/\[\d+\]/.test(name)) return bracketProblem(name, lookup);
    if (root === 'repeat') return repeatProblem(name, context);
    if (root !== 'results' || isFull(context)) return 'later';
    return context.results.has(result)
      ? partProblem(result, keys, context.results.stepOf(result))
      : unknownResult(result, context);
  };
  const onProblem = (node: Node, message: string): void => report(context, node, 'unknown-name', message);
  substitute(own, { lookup, final: false, onProblem });
  // What a part does with the values that it is given shows in its steps.
  if (action !== 'use') checkKinds(own, schema, context);
}

/** `members[0]`, as other languages have it. */
function bracketProblem(name: string, lookup: Lookup): Found {
  const dotted = name.replace(/\[(\d+)\]/g, '.$1');
  const found = lookup(dotted);
  if (found !== 'later') return found;
  return { problem: `an item of a list is named with a dot: \`\${${dotted}}\`` };
}

function repeatProblem(name: string, { inRepeat }: LoadContext): Found {
  if (name !== 'repeat.index') return { problem: `there is no \`${name}\`; there is \`repeat.index\`` };
  return inRepeat ? 'later' : { problem: '`repeat.index` stands outside of a `repeat`' };
}

function unknownResult(result: string, { results, kept }: LoadContext): Found {
  if (kept.has(result))
    return { problem: `\`results.${result}\` is not there: its step runs beside this one, or only after a failure` };
  const near = nearest(result, results.names());
  const hint = near === undefined ? '' : `; did you mean \`results.${near}\`?`;
  return { problem: `no step before this one keeps a result \`as: ${result}\`${hint}` };
}

/** What is meant of a result: one of those that its action leaves, or an item of a list. */
function partProblem(result: string, [key, ...deeper]: string[], step: Step | undefined): Found {
  const fields = Object.keys(step?.result ?? {});
  if (!step || fields.length === 0) return 'later';
  if (key === undefined) {
    const each = fields.slice(0, 4).map((field) => `\`\${results.${result}.${field}}\``);
    return { problem: `say what of it is meant: ${each.join(', ')}${fields.length > each.length ? ' …' : ''}` };
  }
  const field = Object.hasOwn(step.result, key) ? step.result[key] : undefined;
  if (!field) {
    const near = nearest(key, fields);
    const hint =
      near === undefined
        ? `\`${step.name}\` leaves ${fields.map((one) => `\`${one}\``).join(', ')}`
        : `did you mean \`results.${result}.${near}\`?`;
    return { problem: `\`results.${result}\` has no \`${key}\`; ${hint}` };
  }
  const [item, ...more] = deeper;
  if (item === undefined || (field.is === 'names' && /^\d+$/.test(item) && more.length === 0)) return 'later';
  return { problem: `\`results.${result}.${key}\` is ${RESULT_WORDS[field.is]}, and has no \`${item}\`` };
}

/** What kinds of results are called. */
export const RESULT_WORDS: Readonly<Record<ResultField['is'], string>> = {
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  names: 'a list of members',
};

/** A list where none is taken, and what is no number where one is: the step could never be run. */
function checkKinds(node: Node, schema: JsonSchema | undefined, context: LoadContext): void {
  if (!schema) return;
  if (node.kind !== 'scalar') {
    for (const [child, inner] of children(node, schema)) checkKinds(child, inner, context);
    return;
  }
  const name = wholeName(node.text) ?? '';
  const [root, result = '', key = '', ...more] = name.split('.');
  const fields = root === 'results' ? context.results.stepOf(result)?.result : undefined;
  const field = fields && Object.hasOwn(fields, key) ? fields[key] : undefined;
  // A file has to be known before anything starts: that is told.
  if (!field || schema.path) return;
  if (more.length > 0) {
    if (field.is !== 'names' || !/^\d+$/.test(more.join('.')) || takes(schema, 'text')) return;
    const hint = schema.type?.includes('array') ? `write a list: \`["\${${name}}"]\`` : undefined;
    return report(context, node, 'wrong-value', `\`${name}\` is one member, which can't stand here`, hint);
  }
  if (takes(schema, field.is)) return;
  const hint = field.is === 'names' ? `\`\${${name}.0}\` is the first of them` : undefined;
  report(context, node, 'wrong-value', `\`${name}\` is ${RESULT_WORDS[field.is]}, which can't stand here`, hint);
}

function takes({ type = [] }: JsonSchema, kind: ResultField['is']): boolean {
  if (kind === 'names') return type.includes('array');
  return kind === 'number' || type.includes('string') || type.includes(kind);
}
