/** A row of `expect`: one thing that is looked at. Adding one costs a line in `index.ts` of this folder. */
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import type { Comparison } from '../../errors';
import type { StepContext } from '../context';
import type { DrillState } from '../drill-state';
import type { Instruction } from '../instruction';
import type { JsonSchema } from '../schema';

export interface Row {
  readonly name: string;
  readonly schema: JsonSchema;
  /** A value as it stands in YAML, for the reference. */
  readonly example: string;
  /** What is wrong with a value beyond its shape. */
  check(value: unknown): string | undefined;
  /** For the step's sentence: `etcd-1 serves`. */
  words(value: unknown): string;
  /** How an operator looks at it. */
  runbook(value: unknown, state: DrillState): Instruction;
  /** What does not hold; empty where all does. */
  look(value: unknown, context: StepContext): Promise<Comparison[]>;
}

/** The type of a value under a schema, by way of an object with one property: directly it is too deep for tsc. */
type ValueOf<Schema extends JSONSchema> =
  FromSchema<{
    type: 'object';
    properties: { value: Schema };
    required: ['value'];
    additionalProperties: false;
  }> extends { value: infer Value }
    ? Value
    : never;

/** Defines a row; the type of its value follows from its schema. */
export function defineRow<const Schema extends JSONSchema>(definition: {
  name: string;
  description: string;
  /** A value as it stands in YAML, for the reference. */
  example: string;
  schema: Schema;
  check?(value: ValueOf<Schema>): string | undefined;
  words(value: ValueOf<Schema>): string;
  runbook(value: ValueOf<Schema>, state: DrillState): Instruction;
  look(value: ValueOf<Schema>, context: StepContext): Promise<Comparison[]>;
}): Row {
  type Value = ValueOf<Schema>;
  return {
    name: definition.name,
    example: definition.example,
    schema: { ...(definition.schema as unknown as JsonSchema), description: definition.description },
    check: (value) => definition.check?.(value as Value),
    words: (value) => definition.words(value as Value),
    runbook: (value, state) => definition.runbook(value as Value, state),
    look: (value, context) => definition.look(value as Value, context),
  };
}

/** One comparison that does not hold, or none; `final`: why looking again can't change it. */
export function differing(subject: string, expected: string, actual: string, final?: string): Comparison[] {
  return expected === actual ? [] : [{ subject, expected, actual, ...because(final) }];
}

/** For a comparison: why looking again can't change it, where that is so. */
export function because(final: string | undefined): { final?: string } {
  return final === undefined ? {} : { final };
}

/** Names in declared order, joined; `nobody` where there are none. */
export function names(members: Iterable<string>, context: StepContext): string {
  const set = new Set(members);
  const declared = context.cluster.members.filter((member) => set.has(member));
  const others = [...set].filter((member) => !declared.includes(member)).sort();
  return [...declared, ...others].join(', ') || 'nobody';
}
