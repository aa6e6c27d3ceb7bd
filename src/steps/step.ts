/** What a verb of the language is. Adding one costs a file, its test, and a line in `index.ts`. */
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import type { TextPattern } from '../match';
import type { SenseRule } from '../rules-of-sense';
import type { StepContext } from './context';
import type { DrillState } from './drill-state';
import type { Instruction } from './instruction';
import type { JsonSchema } from './schema';

/** What a step leaves under its `as`. 64-bit numbers are text. */
export type StepResult = Record<string, unknown>;

/** One thing that a step leaves under its `as`. */
export interface ResultField {
  /** A whole number may be kept as text: it may have 64 bits. `names` are a list of members. */
  readonly is: 'text' | 'number' | 'boolean' | 'names';
  readonly description: string;
}

export type ResultFields = Readonly<Record<string, ResultField>>;

/** Whether a step may be tried again `within`, and after which failures. */
export type Retry = 'always' | 'definite' | 'never';

/** What a scenario needs from its cluster before it starts. */
export type Need = 'pinned-addresses';

/** A verb as the loader, the engine and the schema see it. */
export interface Step {
  readonly name: string;
  /** One sentence for the reference and for editors. */
  readonly summary: string;
  /** For the reference: a few lines of YAML, steps that work where three members run. Tests run it. */
  readonly example: readonly string[];
  /** The version that the example is for; left out: the one that drills run with where nobody says. */
  readonly exampleEtcd?: string;
  /** Other files that the example names, by path: their lines. */
  readonly exampleFiles?: Readonly<Record<string, readonly string[]>>;
  /** What differs from version to version of etcd, in sentences. */
  readonly versions?: string;
  /** The argument that the short form `- kill: etcd-1` fills. */
  readonly main: string | undefined;
  readonly schema: JsonSchema;
  /** What it leaves under `as`, by name; empty where it leaves nothing. */
  readonly result: ResultFields;
  readonly retry: Retry;
  /** The deadline of one attempt where the author gives none, in milliseconds; 0 for none. */
  readonly timeoutMs: number;
  /** Whether `for` may stand beside it. */
  readonly holds: boolean;
  /** Whether it changes what is known about the drill by reading alone. */
  readonly follows: boolean;
  /** The step with these arguments, which the schema has accepted. */
  bind(args: unknown): BoundStep;
}

export interface FollowOptions {
  /** The step is expected to fail. */
  fails: boolean;
  /** What etcd has to say then. */
  expected?: TextPattern | readonly TextPattern[];
}

/** One step of a drill, its arguments closed over. */
export interface BoundStep {
  /** What a person would say: `kill etcd-2`. */
  sentence(): string;
  /** What is wrong with these arguments beyond their shape; each with the JSON pointer to what is meant. */
  check(): ArgumentProblem[];
  needs(): Need[];
  /** Tells what it changes by what can be known from reading alone, and reports what can't be right. */
  follow(state: DrillState, options: FollowOptions): void;
  /** What an operator would type instead, at this point of the drill. */
  runbook(state: DrillState): Instruction;
  run(context: StepContext): Promise<StepResult | void>;
}

/** Begins a pointer that leads into the modifier instead of the arguments: `@expectError/1`. */
export const EXPECT_ERROR = '@expectError';

export interface ArgumentProblem {
  /** The rule of sense that found it; left out for arguments that do not go together. */
  rule?: SenseRule | 'matches-everything';
  /** `/value`; empty for the step itself. */
  pointer: string;
  message: string;
  hint?: string;
}

interface Definition<Properties extends Record<string, JSONSchema>, Args, Fields extends ResultFields> {
  name: string;
  summary: string;
  /** A few lines of YAML: steps that work where three members run. They are in the reference, and tests run them. */
  example: readonly string[];
  /** The version that the example is for; left out: the one that drills run with where nobody says. */
  exampleEtcd?: string;
  /** Other files that the example names, by path: their lines. */
  exampleFiles?: Readonly<Record<string, readonly string[]>>;
  /** What differs from version to version of etcd, in sentences. */
  versions?: string;
  main?: string;
  args: Properties;
  required?: readonly string[];
  /** What it leaves under `as`; left out: nothing. */
  result?: Fields;
  retry?: Retry;
  timeoutMs: number;
  holds?: boolean;
  sentence(args: Args): string;
  check?(args: Args): ArgumentProblem[];
  needs?(args: Args): Need[];
  follow?(args: Args, state: DrillState, options: FollowOptions): void;
  /** Whether what is known stays so where its arguments are known only while it runs. */
  keepsKnown?: boolean;
  /** What an operator would type instead, where `state` is what is known just before. A block: nothing of its own. */
  runbook(args: Args, state: DrillState): Instruction;
  run(args: Args, context: StepContext): Promise<{ [field in keyof Fields]: unknown } | void>;
}

type ArgsOf<Properties extends Record<string, JSONSchema>, Required extends readonly string[]> = FromSchema<{
  type: 'object';
  properties: Properties;
  required: Required;
  additionalProperties: false;
}>;

/**
 * Defines a verb. The type of `args` follows from its schema: a misspelt argument is a compile error, and so is a part of
 * its result that it declares and does not return.
 */
export function defineStep<
  const Properties extends Record<string, JSONSchema>,
  const Required extends readonly string[] = [],
  const Fields extends ResultFields = Record<never, never>,
>(definition: Definition<Properties, ArgsOf<Properties, Required>, Fields> & { required?: Required }): Step {
  type Args = ArgsOf<Properties, Required>;
  const { name, summary, main, args: properties, required = [] } = definition;
  return {
    name,
    summary,
    example: definition.example,
    exampleEtcd: definition.exampleEtcd,
    exampleFiles: definition.exampleFiles,
    versions: definition.versions,
    main,
    schema: {
      type: 'object',
      properties: properties as unknown as Record<string, JsonSchema>,
      required: required,
      additionalProperties: false,
    },
    result: definition.result ?? {},
    retry: definition.retry ?? 'never',
    timeoutMs: definition.timeoutMs,
    holds: definition.holds ?? false,
    follows: definition.follow !== undefined && definition.keepsKnown !== true,
    bind(bound) {
      const args = bound as Args;
      return {
        sentence: () => definition.sentence(args),
        check: () => definition.check?.(args) ?? [],
        needs: () => definition.needs?.(args) ?? [],
        follow: (state, options) => definition.follow?.(args, state, options),
        runbook: (state) => definition.runbook(args, state),
        run: (context) => definition.run(args, context),
      };
    },
  };
}
