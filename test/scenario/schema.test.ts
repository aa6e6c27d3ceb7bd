/** The published schema, for editors, says what the loader says. */
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import { CORE_SCHEMA, load as loadYaml, mergeTag } from 'js-yaml';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { editorSchema } from '../../src/scenario/editor-schema';
import { MODIFIERS, TOP_LEVEL } from '../../src/scenario/top-level';
import { STEPS } from '../../src/steps';
import type { JsonSchema } from '../../src/steps/schema';
import { filesIn, problemsIn, shippedAs } from './fixture';

const PUBLISHED = path.resolve(__dirname, '../../schema/scenario.schema.json');

/** Fixtures whose mistakes are of sense, not of shape: the schema can't see them. */
const NO_MISTAKE_OF_SHAPE: ReadonlySet<string> = new Set([
  // What is known only for a version, or when the drill is followed.
  'late-version',
  'selector-before-anybody-runs',
  // Names of members.
  'expression-spells-no-member',
  'leader-cannot-be-started',
  'member-name-is-a-word',
  // What a pattern matches.
  'matches-anything',
  'expect-error-of-one-character',
  'too-many-members',
  'undeclared-expect-rows',
  'undeclared-from',
  'undeclared-in-change',
  'undeclared-in-list',
  'undeclared-initial-cluster',
  'undeclared-map-key',
  'undeclared-selector',
  // Versions and flags.
  'bad-requires',
  'known-failing-of-nothing',
  'flag-with-dashes',
  'lacking-flag',
  'lacking-flag-at-start',
  'owned-flag',
  'tls-flag',
  // Expressions and results.
  'expression-in-a-key',
  'index-outside-of-repeat',
  'result-before-it-is-there',
  'result-by-its-name-alone',
  'result-in-a-modifier',
  'result-in-brackets',
  'result-in-the-head',
  'result-kept-twice',
  'result-of-a-neighbour',
  'result-of-a-silent-step',
  'result-of-another-kind',
  'result-part-misspelt',
  'short-form-lacks-something',
  'matrix-in-itself',
  'matrix-nowhere',
  'matrix-unknown-name',
  'matrix-value-of-another-type',
  'matrix-with-too-many-combinations',
  'on-failure-result-in-finally',
  'use-circle',
  'use-does-not-exist',
  'use-error-inside',
  'use-no-yaml',
  'use-of-a-folder',
  'use-of-a-scenario',
  'use-sense-inside',
  'use-unknown-variable',
  'unknown-expression',
  'unknown-variable',
  // What goes together; that a step has exactly one action is for the loader, so that a typo is one error.
  'contradictory-get',
  'expect-error-beside-value',
  'expect-error-of-nobody',
  'for-without-expect',
  'no-action',
  'parallel-on-one-member',
  'put-value-and-size',
  'second-action',
  'timeout-on-a-wait',
  'within-on-a-single-try',
  // What comes before what.
  'snapshot-never-taken',
  'wipe-of-a-running-member',
  'wipe-of-a-word',
  // YAML that a parser of values takes without a word.
  'tag',
]);

let check: ValidateFunction;
beforeAll(() => {
  check = new Ajv({ allErrors: true, strict: false }).compile(editorSchema());
});

/** What the schema has against a text, as an editor reads it; undefined where it is no YAML at all. */
function errorsOf(text: string): ErrorObject[] | undefined {
  let value: unknown;
  try {
    value = loadYaml(text, { schema: CORE_SCHEMA.withTags(mergeTag) });
  } catch {
    return undefined;
  }
  return check(value) ? [] : (check.errors ?? []);
}

describe('the published schema', () => {
  it('is the one that the steps make (UPDATE_GOLDEN=1 writes it)', () => {
    const made = `${JSON.stringify(editorSchema(), null, 2)}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PUBLISHED, made);
    expect(existsSync(PUBLISHED) ? readFileSync(PUBLISHED, 'utf8') : 'missing').toBe(made);
  });

  it('describes a step as one object, without oneOf and anyOf', () => {
    expect(JSON.stringify(editorSchema())).not.toMatch(/"(oneOf|anyOf|allOf)"/);
    const { definitions } = editorSchema() as { definitions: { step: { properties: object } } };
    expect(Object.keys(definitions.step.properties).sort()).toEqual(
      [...STEPS.keys(), ...Object.keys(MODIFIERS.properties ?? {})].sort(),
    );
  });

  it('has none of our own annotations, and a description for each action', () => {
    expect(JSON.stringify(editorSchema())).not.toMatch(/"(expects|names|steps)":("|true)/);
    const { definitions } = editorSchema() as { definitions: { step: { properties: Record<string, JsonSchema> } } };
    for (const name of STEPS.keys()) expect(definitions.step.properties[name]?.description).toMatch(/^[A-Z].*\.$/);
  });

  it('has one error for a typo', () => {
    const typo = (step: string): number => errorsOf(`name: x\nmembers: 3\nsteps: [${step}]\n`)?.length ?? 0;
    for (const step of [
      'kil: a',
      'put: {key: a, vlaue: b}',
      '{get: a, witihn: 3s}',
      'expect: {heathy: all}',
      'kill: {membr: a}',
    ]) {
      expect({ step, errors: typo(step) }).toEqual({ step, errors: 1 });
    }
  });
});

describe('the schema and the loader agree', () => {
  const shipped = filesIn('../../scenarios');

  it.each([
    ...shipped.map(([name, text]) => [name, text, shippedAs(name)] as const),
    ...filesIn('good').map(([name, text]) => [name, text, `${name}.yaml`] as const),
  ])('on %s, which is right', (_, text, file) => {
    expect(errorsOf(text)).toEqual([]);
    expect(problemsIn(text, file)).toEqual([]);
  });

  it.each(filesIn('bad'))('on %s, which is wrong', (name, text) => {
    expect({ name, refused: errorsOf(text)?.length !== 0 }).toEqual({ name, refused: !NO_MISTAKE_OF_SHAPE.has(name) });
    expect(problemsIn(text)).not.toEqual([]);
  });

  it('has at least the drills that ship', () => {
    expect(shipped.length).toBeGreaterThanOrEqual(14);
  });
});

describe('every schema', () => {
  const all: [name: string, schema: JsonSchema][] = [
    ...[...STEPS.values()].map(({ name, schema }): [string, JsonSchema] => [name, schema]),
    ['a scenario', TOP_LEVEL],
    ['modifiers', MODIFIERS],
  ];

  it.each(all)('of %s says in words what its patterns want, and lets nothing unknown through', (_, schema) => {
    const problems: string[] = [];
    const visit = (at: string, one: JsonSchema): void => {
      if (one.pattern !== undefined && one.expects === undefined) problems.push(`${at} has a pattern without words`);
      if (one.properties && one.additionalProperties === undefined) problems.push(`${at} lets unknown keys through`);
      for (const [key, inner] of Object.entries(one.properties ?? {})) visit(`${at}.${key}`, inner);
      if (one.items && !one.steps) visit(`${at}[]`, one.items);
      if (typeof one.additionalProperties === 'object') visit(`${at}.*`, one.additionalProperties);
    };
    visit('', schema);
    expect(problems).toEqual([]);
  });

  it.each([...STEPS.values()].map((step) => [step.name, step] as const))('of %s fills its main argument', (_, step) => {
    if (step.main !== undefined) expect(Object.keys(step.schema.properties ?? {})).toContain(step.main);
    for (const key of step.schema.required ?? []) expect(Object.keys(step.schema.properties ?? {})).toContain(key);
  });
});
