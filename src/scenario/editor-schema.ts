/** The one big schema for editors, put together from the same parts that the loader checks with. */
import { STEPS } from '../steps';
import type { JsonSchema } from '../steps/schema';
import { SELECTOR_WORDS } from '../steps/select';
import type { Step } from '../steps/step';
import { expectation, typesOf } from './expectation';
import { MODIFIERS, TOP_LEVEL } from './top-level';
import { withExpressions } from './validate';

type Published = Record<string, unknown>;

/** JSON Schema, draft 7. */
export const DIALECT = 'http://json-schema.org/draft-07/schema#';

/**
 * JSON Schema, draft 7. One object for a step, its actions as optional properties: no `oneOf`, so that a typo is one
 * error.
 */
export function editorSchema(): object {
  const { members, language, ...others } = TOP_LEVEL.properties ?? {};
  const top = withExpressions({ ...TOP_LEVEL, properties: others });
  return {
    $schema: DIALECT,
    ...publish({ ...top, properties: { ...top.properties, ...known({ members, language }) } }),
    patternProperties: LEFT_ALONE,
    definitions: {
      step: {
        type: 'object',
        properties: {
          ...Object.fromEntries([...STEPS.values()].map((step) => [step.name, actionSchema(step)])),
          ...(publish(withExpressions(MODIFIERS))['properties'] as object),
        },
        patternProperties: LEFT_ALONE,
        additionalProperties: false,
      },
    },
  };
}

const LEFT_ALONE = { '^x-': { description: 'left alone: for anchors' } };

/** Without what there is not. */
function known<T>(properties: Readonly<Record<string, T | undefined>>): Record<string, T> {
  const entries = Object.entries(properties).filter((entry): entry is [string, T] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

/** An action takes its arguments, or in short its main one. */
function actionSchema(step: Step): object {
  const expressive = withExpressions(step.schema);
  const published = publish(expressive);
  const main = step.main === undefined ? undefined : expressive.properties?.[step.main];
  if (!main) return { ...published, description: step.summary };
  // The words for the short form would stand for each wrong argument as well.
  const short = { ...publish(main), errorMessage: undefined };
  const types = [...new Set(['object', ...typesOf(short as JsonSchema)])].filter((type) => type !== 'null');
  return { ...short, ...published, description: step.summary, type: types };
}

/** A schema without annotations of our own; lists of steps refer to the definition. */
export function publish(schema: JsonSchema): Published {
  if (schema.step !== undefined) return { $ref: '#/definitions/step', description: schema.description };
  const { description, items, properties, additionalProperties } = schema;
  return {
    ...(schema.type === undefined ? {} : { type: single([...typesOf(schema), ...typesReadAsText(schema)]) }),
    ...limits(schema),
    ...whereNothingIsUnknown(schema),
    ...offered(schema),
    ...(description === undefined ? {} : { description }),
    ...(schema.steps ? { items: { $ref: '#/definitions/step' } } : items ? { items: publish(itemsOf(schema)) } : {}),
    ...(properties ? { properties: published(properties) } : {}),
    ...(typeof additionalProperties === 'object' ? ofEachKey(schema.names, additionalProperties) : {}),
    ...(additionalProperties === false ? { additionalProperties } : {}),
  };
}

/** A map whose keys are the author's own; of those that are members, the first are offered. */
function ofEachKey(names: JsonSchema['names'], each: JsonSchema): Published {
  const value = publish(each);
  const members = Object.fromEntries(FIRST_MEMBERS.map((member) => [member, value]));
  return { ...(names === 'plain' ? { properties: members } : {}), additionalProperties: value };
}

/** Where members are named, the items of a list are names. */
function itemsOf({ names, items = {} }: JsonSchema): JsonSchema {
  return names === undefined ? items : { names: 'one', ...items };
}

function published(properties: Readonly<Record<string, JsonSchema>>): Published {
  return Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, publish(inner)]));
}

/** What a value is checked against, in words where it is wrong: each wrong value is one error. */
function limits(schema: JsonSchema): Published {
  const { pattern, minLength, enum: values, minItems, maxItems, uniqueItems, minimum, maximum } = schema;
  const isNumber = typesOf(schema).includes('integer');
  const isMap = schema.properties !== undefined || schema.additionalProperties !== undefined;
  const expected = `Expected ${expectation(schema)}.`;
  return known<unknown>({
    // The words of a map would stand for those of its keys as well.
    ...(isMap ? {} : { errorMessage: expected }),
    ...(pattern === undefined ? { minLength } : { pattern, patternErrorMessage: expected }),
    enum: values,
    ...{ minItems, maxItems, uniqueItems },
    ...(isNumber ? { minimum, maximum: maximum ?? Number.MAX_SAFE_INTEGER } : {}),
  });
}

/** A misspelt key is one error: what the map lacks is asked only where all of its keys are known. */
function whereNothingIsUnknown({ properties, required = [], minProperties, maxProperties }: JsonSchema): Published {
  const asked = known<unknown>({ required: required.length > 0 ? required : undefined, minProperties, maxProperties });
  if (!properties || Object.keys(asked).length === 0) return asked;
  return { if: { propertyNames: { pattern: `^(x-.*|${Object.keys(properties).join('|')})$` } }, then: asked };
}

/** What an editor offers where members are named. `members: 3` has these; a file's own names are different in each. */
const FIRST_MEMBERS = ['etcd-1', 'etcd-2', 'etcd-3'];
const WORDS_FOR_MEMBERS: Readonly<Record<Exclude<NonNullable<JsonSchema['names']>, 'plain'>, readonly string[]>> = {
  selector: SELECTOR_WORDS,
  single: ['leader', 'follower'],
  startable: ['all'],
  leader: ['any', 'none'],
  one: [],
};

function offered({ names, examples }: JsonSchema): Published {
  if (names === undefined) return examples ? { examples } : {};
  // Its items and keys are names, and it is none itself.
  if (names === 'plain') return {};
  // Snippets, unlike examples, are not shown for each argument that an author points at.
  const words = [...WORDS_FOR_MEMBERS[names], ...FIRST_MEMBERS];
  return { defaultSnippets: words.map((word) => ({ label: word, bodyText: word })) };
}

function single(types: readonly string[]): string | string[] {
  const distinct = [...new Set(types)].filter((type, _, all) => type !== 'integer' || !all.includes('number'));
  return distinct.length === 1 ? (distinct[0] ?? []) : distinct;
}

/** What an editor types by YAML's rules, and the loader takes as the text that it is. */
const READ_AS_TEXT: readonly (readonly [type: string, samples: readonly string[]])[] = [
  ['number', ['7', '3.5', '12345678901234567890']],
  ['boolean', ['true', 'false']],
  ['null', ['', 'null']],
];

/** The types beside text whose written form the text's own rules admit: `value: 007` is text, `within: 30` is none. */
function typesReadAsText(schema: JsonSchema): string[] {
  if (!typesOf(schema).includes('string') || schema.enum !== undefined) return [];
  const pattern = schema.pattern === undefined ? undefined : new RegExp(schema.pattern);
  return READ_AS_TEXT.flatMap(([type, samples]) => {
    // Nobody calls a member `true`, and an editor would offer it.
    if (type !== 'number' && schema.names !== undefined) return [];
    if (type === 'null' && schema.minLength !== undefined) return [];
    const fits =
      type === 'null'
        ? samples.every((one) => pattern?.test(one) ?? true)
        : samples.some((one) => pattern?.test(one) ?? true);
    return fits ? [type] : [];
  });
}
