/** The language as data, for the reference on paper and in the terminal: everything comes from the steps themselves. */
import { formatDuration } from '../clock';
import { UsageError } from '../errors';
import { nearest } from '../match';
import { allEntries, entriesOf } from '../runbook/entries';
import { loadScenarios } from '../scenario/load';
import { meantAction } from '../scenario/meant-action';
import { SILENT } from '../scenario/load-modifiers';
import { RESULT_WORDS } from '../scenario/results-used';
import { MODIFIERS, TOP_LEVEL } from '../scenario/top-level';
import { SourceFile } from '../source';
import { STEPS } from '../steps';
import { ROWS } from '../steps/expect';
import type { JsonSchema } from '../steps/schema';
import type { Step } from '../steps/step';
import { DEFAULT_ETCD } from './plan';

/** One page of the reference. */
export interface Topic {
  name: string;
  kind: 'action' | 'modifiers' | 'keys';
  summary: string;
  /** What differs from version to version of etcd. */
  versions?: string;
  /** What `- name: …` fills in short. */
  main?: string;
  args: Argument[];
  /** What it leaves under `as`. */
  results: { name: string; is: string; description: string }[];
  /** Deadlines and the modifiers that it takes, in sentences. */
  notes: string[];
  /** Lines of YAML. */
  example: readonly string[];
  /** Other files that the example names, by path: their lines. */
  files: Readonly<Record<string, readonly string[]>>;
  /** What an operator would type instead, as far as the example shows it, with the member on whose machine. */
  commands: { on?: string; text: string }[];
}

export interface Argument {
  /** `log.member` for a key inside of `log`. */
  name: string;
  /** What it takes, in words. */
  takes: string;
  required: boolean;
  description: string;
  /** A value as it stands in YAML. */
  example?: string;
}

/** The actions in alphabetical order, then `modifiers` and `keys` (of a drill). */
export function topics(): Topic[] {
  return [...[...STEPS.values()].map(actionTopic), modifiersTopic(), keysTopic()];
}

const OTHER_TOPICS = ['modifiers', 'keys'];

/** One page. Throws UsageError, with the nearest name, where there is none. */
export function topicOf(name: string): Topic {
  const found = topics().find((topic) => topic.name === name);
  if (found) return found;
  const near = nearest(name, OTHER_TOPICS) ?? meantAction(name)?.action;
  const hint = near === undefined ? '`etcd-scenarios steps` lists them' : `did you mean ${near}?`;
  throw new UsageError(`there is no action "${name}"; ${hint}`);
}

/** A drill in which an example stands: three members run. */
export function exampleDrill(lines: readonly string[], etcd = DEFAULT_ETCD): string {
  return [
    'name: Example',
    'members: 3',
    `etcd: ${etcd}`,
    'steps:',
    '  - start: all',
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function actionTopic(step: Step): Topic {
  const { name, summary, main, versions, example, schema } = step;
  const isExpect = name === 'expect';
  const args = argumentsOf(schema).map((arg) => {
    const row = isExpect ? ROWS.find((one) => one.name === arg.name) : undefined;
    return row ? { ...arg, example: row.example } : arg;
  });
  const commands = commandsOf(step);
  const files = step.exampleFiles ?? {};
  const results = Object.entries(step.result).map(([field, { is, description }]) => ({
    name: field,
    is: RESULT_WORDS[is],
    description,
  }));
  const notes = notesOf(step);
  return { name, kind: 'action', summary, main, versions, args, results, notes, example, files, commands };
}

function modifiersTopic(): Topic {
  return {
    name: 'modifiers',
    kind: 'modifiers',
    summary: 'They stand beside an action, and mean the same for every one.',
    args: argumentsOf(MODIFIERS),
    results: [],
    notes: [],
    example: ['- start: etcd-1', '  expectError: has already been bootstrapped', '  timeout: 30s'],
    files: {},
    commands: [],
  };
}

function keysTopic(): Topic {
  return {
    name: 'keys',
    kind: 'keys',
    summary: 'The keys of a drill. Those that begin with `x-` are left alone, for YAML anchors.',
    args: argumentsOf(TOP_LEVEL),
    results: [],
    notes: [],
    example: [
      'name: A member crashes',
      'members: 3',
      'steps:',
      '  - start: all',
      '  - kill: etcd-3',
      '  - start: etcd-3',
      '  - expect: {healthy: all, consistent: true}',
    ],
    files: {},
    commands: [],
  };
}

function notesOf(step: Step): string[] {
  const modifiers = [
    ...(step.retry === 'never' ? [] : ['`within`']),
    ...(step.holds ? ['`for`'] : []),
    ...(SILENT.includes(step.name) ? [] : ['`expectError`']),
  ];
  return [
    ...(step.timeoutMs === 0 ? [] : [`One attempt may take ${formatDuration(step.timeoutMs)} (\`timeout\`).`]),
    ...(modifiers.length === 0 ? [] : [`It takes ${modifiers.join(', ')}.`]),
  ];
}

/** The properties of a map, those of maps inside of it with a dot. */
function argumentsOf({ properties = {}, required = [] }: JsonSchema, prefix = ''): Argument[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${prefix}${key}`;
    const own: Argument = {
      name,
      takes: takenBy(schema),
      required: prefix === '' && required.includes(key),
      description: schema.description ?? '',
    };
    const inner = schema.properties?.['matches'] ? [] : argumentsOf(schema, `${name}.`);
    const ofItems = schema.items?.properties?.['matches'] ? [] : argumentsOf(schema.items ?? {}, `${name}[].`);
    // A list or one of the same: the keys are told once.
    return [own, ...(inner.length > 0 ? inner : ofItems)];
  });
}

const BY_NAMES: Readonly<Record<NonNullable<JsonSchema['names']>, string>> = {
  selector: 'a member, a list, or a selector such as `leader`',
  single: 'one member: its name, `leader` or `follower`',
  startable: 'a member, a list, or `all`',
  one: 'a member',
  leader: '`any`, `none` or a member',
  plain: 'a list of members',
};

/** What a value may be, in words. */
function takenBy(schema: JsonSchema): string {
  if (schema.steps) return 'a list of steps';
  if (schema.enum) return schema.enum.map((one) => `\`${String(one)}\``).join(', ');
  if (schema.expects !== undefined) return schema.expects;
  if (schema.properties?.['matches']) return 'a text, a list of texts, or {matches: regex}';
  const types = [schema.type ?? []].flat();
  if (schema.names !== undefined && !types.includes('object')) return BY_NAMES[schema.names];
  const words = types.filter((type) => type !== 'null').map((type) => BY_TYPE[type]?.(schema) ?? type);
  return words.join(', or ');
}

const BY_TYPE: Readonly<Record<string, (schema: JsonSchema) => string>> = {
  string: () => 'text',
  boolean: () => '`true` or `false`',
  integer: ({ minimum }) => (minimum === undefined ? 'a whole number' : `a whole number from ${minimum} on`),
  number: () => 'a number',
  array: ({ items }) => (items?.enum ? `a list of ${takenBy(items)}` : 'a list'),
  object: ({ additionalProperties }) =>
    typeof additionalProperties === 'object' ? 'a map of names to values' : 'a map',
};

function commandsOf({ name, example, exampleEtcd: etcd = DEFAULT_ETCD }: Step): Topic['commands'] {
  const { scenarios } = loadScenarios(new SourceFile('example.yaml', exampleDrill(example, etcd)));
  const [scenario] = scenarios;
  if (!scenario) return [];
  const [, ...entries] = entriesOf(scenario, etcd);
  const own = entries.filter(({ step }) => step.step.name === name);
  return allEntries(own).flatMap(({ instruction }) => [...instruction.commands]);
}
