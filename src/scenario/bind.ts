/** A loaded step made ready to run: its expressions replaced by what the steps before it left. */
import { Unmet } from '../errors';
import type { SourceFile } from '../source';
import type { JsonSchema } from '../steps/schema';
import type { BoundStep, Step } from '../steps/step';
import { areSteps, holdsSteps, ownArguments } from './arguments';
import { containsExpression, substitute, type Lookup } from './expressions';
import type { MapNode, Node } from './node';
import { asNested, type LoadedStep, type Scope } from './scenario';
import { validate } from './validate';
import { SECRETS } from './variables';

type BlockSteps = Pick<LoadedStep, 'nested' | 'until'>;

/** What makes a step ready to run. One without expressions is the same each time. */
export function binderOf(source: SourceFile, step: Step, args: MapNode, block: BlockSteps): LoadedStep['bind'] {
  const bind = (scope: Scope): BoundStep => bindStep(source, step, args, block, scope);
  if (containsExpression(ownArguments(args, step.schema))) return bind;
  let bound: BoundStep | undefined;
  return (scope) => (bound ??= bind(scope));
}

/** Throws Unmet for a result that is not there, or does not fit. */
function bindStep(source: SourceFile, step: Step, args: MapNode, block: BlockSteps, scope: Scope): BoundStep {
  const node = resolve(ownArguments(args, step.schema), scope);
  const what = `\`${step.name}\``;
  const { value, problems } = validate(source, node, withoutSteps(step), { what, lenient: false });
  const [problem] = problems;
  if (problem) throw new Unmet(problem.message);
  const bound = step.bind(withNested(value as Record<string, unknown>, block));
  const [wrong] = bound.check();
  if (wrong) throw new Unmet(wrong.message);
  return bound;
}

const schemas = new WeakMap<Step, JsonSchema>();

/** The step's schema without the lists of steps, which are not among its own arguments. */
export function withoutSteps(step: Step): JsonSchema {
  if (!holdsSteps(step.schema)) return step.schema;
  const known = schemas.get(step);
  if (known) return known;
  const { properties, required = [] } = step.schema;
  const made = { ...step.schema, required: required.filter((key) => !areSteps(properties?.[key])) };
  schemas.set(step, made);
  return made;
}

function withNested(value: Record<string, unknown>, { nested, until }: BlockSteps): Record<string, unknown> {
  if (nested.length === 0) return value;
  return { ...value, steps: asNested(nested), ...(until ? { until: asNested([until]) } : {}) };
}

function resolve(node: Node, scope: Scope): Node {
  const lookup: Lookup = (name) => {
    const [kind, env = ''] = name.split('.');
    if (kind === SECRETS) return lookUpSecret(env, scope);
    if (name !== 'repeat.index') return lookUpResult(name.split('.').slice(1), scope);
    return scope.repeatIndex === undefined
      ? { problem: '`repeat.index` stands outside of a `repeat`' }
      : { value: scope.repeatIndex };
  };
  const onProblem = (_: Node, message: string): void => {
    throw new Unmet(message);
  };
  return substitute(node, { lookup, final: true, onProblem });
}

function lookUpSecret(env: string, { secrets }: Scope): ReturnType<Lookup> {
  const value = secrets?.get(env);
  return value === undefined ? { problem: `the environment variable ${env} was not read` } : { value, typed: false };
}

/** What a value has instead of the part that was asked for. */
function has(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '; it is empty' : `; it ends with \`${value.length - 1}\``;
  const keys = typeof value === 'object' && value !== null ? Object.keys(value).join(', ') : '';
  return keys === '' ? '' : `; it has ${keys}`;
}

function lookUpResult(path: string[], scope: Scope): { value: unknown; typed: true } | { problem: string } {
  const [result = '', ...keys] = path;
  if (scope.skipped.has(result)) return { problem: `the step that keeps \`results.${result}\` was skipped` };
  let value: unknown = scope.results.get(result);
  if (value === undefined) return { problem: `\`results.${result}\` is not there: its step left no result` };
  for (const [depth, key] of keys.entries()) {
    const record = value as Record<string, unknown>;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(record, key)) {
      const parent = ['results', ...path.slice(0, depth + 1)].join('.');
      return { problem: `\`${parent}\` has no \`${key}\`${has(value)}` };
    }
    value = record[key];
  }
  if (value === null) return { problem: `\`${['results', ...path].join('.')}\` is nothing: there was none` };
  // Numbers of 64 bits are kept as text: where a number is asked for, they are one.
  return { value, typed: true };
}
