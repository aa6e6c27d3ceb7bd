/** The schema of a scenario's top-level keys, and of the modifiers beside an action. */
import { parseDuration } from '../clock';
import type { Problem } from '../errors';
import type { SourceFile } from '../source';
import { parseRange } from '../version';
import { duration, flagMap, objectSchema, text, textPatterns, variableValues, type JsonSchema } from '../steps/schema';
import { KNOWN_FAILING } from './known-failing';
import { MATRIX } from './matrix';
import { cut, valueOf, type Node } from './node';
import { problemAt } from './parse';
import type { Modifiers, VersionCondition } from './scenario';

const VERSION = {
  ...text,
  pattern: '^\\d+\\.\\d+\\.\\d+(-[\\w.]+)?$',
  expects: 'a full version such as 3.5.35',
} as const;

const STEP_LIST: JsonSchema = { type: 'array', minItems: 1, steps: true };

const CONDITION: JsonSchema = {
  expects: 'a map such as {etcd: ">=3.4"}',
  ...objectSchema({ etcd: { ...text, description: 'a range such as ">=3.4" or ">=3.5 <3.7"' } }, ['etcd']),
};

/** Keys that the language reserves: using one says so. */
export const RESERVED_KEYS: ReadonlySet<string> = new Set(['tls']);

/** Modifiers that the language reserves, each with what more is to be said of it. */
export const RESERVED_MODIFIERS: ReadonlyMap<string, string> = new Map([['user', ': it comes with `auth`']]);

/** Verbs that the language reserves: using one says so. */
export const RESERVED_ACTIONS: ReadonlySet<string> = new Set([
  'partition',
  'heal',
  'delay',
  'corrupt',
  'fill-disk',
  'pause',
  'resume',
]);

/** What a result may be called. */
export const AS_PATTERN = '^[A-Za-z_][\\w-]*$';

export const TOP_LEVEL: JsonSchema = objectSchema(
  {
    language: { type: 'integer', enum: [1], description: 'the version of the language' },
    name: { ...text, minLength: 1, pattern: '\\S', expects: 'a name', description: 'what the reports call it' },
    description: { ...text, description: 'prose for people' },
    tags: {
      description: 'labels to select by',
      type: 'array',
      items: { ...text, pattern: '^[\\w.-]+$', expects: 'a word' },
      uniqueItems: true,
    },
    members: {
      type: ['array', 'integer'],
      items: {
        ...text,
        pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
        expects: 'a host name of small letters, digits and dashes',
      },
      minItems: 1,
      minimum: 1,
      uniqueItems: true,
      description: 'the members’ names, which are their host names; a number N means etcd-1 … etcd-N',
    },
    etcd: {
      description:
        'the versions that it runs with, once each; left out: what the command line or the configuration says',
      type: ['string', 'array'],
      items: VERSION,
      minItems: 1,
      uniqueItems: true,
      pattern: VERSION.pattern,
      expects: VERSION.expects,
    },
    requires: { ...CONDITION, description: 'with other versions the scenario is skipped' },
    knownFailing: KNOWN_FAILING,
    flags: { ...flagMap, description: 'etcd flags for every member, without the dashes; null drops one' },
    matrix: MATRIX,
    vars: { ...variableValues, description: 'named values, ${vars.x}; `--var x=…` and `--var-file FILE` override' },
    auth: {
      expects: 'a map such as {user: root, password: {env: NAME}}',
      description: 'who the runner’s own clients are, where the cluster has authentication enabled',
      ...objectSchema(
        {
          user: { ...text, minLength: 1, description: 'the name of an etcd user' },
          password: {
            expects: 'a map such as {env: NAME}',
            description: 'where it comes from: it never stands in a file',
            ...objectSchema(
              {
                env: {
                  ...text,
                  pattern: '^[A-Za-z_]\\w*$',
                  expects: 'the name of an environment variable',
                  description: 'the environment variable that holds it',
                },
              },
              ['env'],
            ),
          },
        },
        ['user', 'password'],
      ),
    },
    timeout: { ...duration, description: 'for the whole scenario; 5m where nothing is said' },
    steps: { ...STEP_LIST, description: 'what is done, in this order' },
    onFailure: { ...STEP_LIST, description: 'runs after a step has failed, to collect what explains it' },
    finally: { ...STEP_LIST, description: 'always runs' },
  },
  ['name', 'members', 'steps'],
);

export const MODIFIERS: JsonSchema = objectSchema({
  name: { ...text, description: 'a sentence to print in place of the generated one' },
  expectError: {
    ...textPatterns,
    expects: 'a text, a list of texts, or {matches: regex}',
    description: 'what etcd must say when the action fails, as it has to',
  },
  timeout: { ...duration, description: 'the deadline of one attempt' },
  within: { ...duration, description: 'try again until the step comes out as written, at most this long' },
  for: { ...duration, description: 'with expect: it must hold without interruption this long' },
  as: {
    ...text,
    pattern: AS_PATTERN,
    expects: 'a name of letters, digits, dashes and underscores',
    description: 'keeps the action’s result: ${results.NAME.…}',
  },
  when: { ...CONDITION, description: 'else the step is skipped' },
});

/** Modifiers as the engine takes them, from their value as the schema accepted it. */
export function modifiersOf(value: Record<string, unknown>, when: VersionCondition | undefined): Modifiers {
  const ms = (key: string): number | undefined => {
    const written = value[key];
    return typeof written === 'string' ? parseDuration(written) : undefined;
  };
  return {
    name: value['name'] as string | undefined,
    expectError: value['expectError'] as Modifiers['expectError'],
    timeoutMs: ms('timeout'),
    withinMs: ms('within'),
    forMs: ms('for'),
    as: value['as'] as string | undefined,
    when,
  };
}

/** `{etcd: ">=3.4"}` as a condition; a problem where the range is none. */
export function conditionOf(
  source: SourceFile,
  value: unknown,
  node: Node,
): { condition?: VersionCondition; problems: Problem[] } {
  const { etcd: range = '' } = (value ?? {}) as { etcd?: string };
  const holds = parseRange(range);
  if (holds) return { condition: { range, holds }, problems: [] };
  const at = (node.kind === 'map' ? valueOf(node, 'etcd') : undefined) ?? node;
  const message = `"${cut(range)}" is no range of versions`;
  const hint = 'ranges are like ">=3.4", "<3.6", or ">=3.5.2 <3.7"';
  return { problems: [problemAt(source, at, 'wrong-value', message, hint)] };
}
