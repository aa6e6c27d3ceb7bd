/** The one big schema for editors, put together from the same parts that the loader checks with. */
import { STEPS } from '../steps';
import type { JsonSchema } from '../steps/schema';
import { SELECTOR_WORDS } from '../steps/select';
import type { Step } from '../steps/step';
import { MODIFIERS, TOP_LEVEL } from './top-level';
import { withExpressions } from './validate';

/** JSON Schema, draft 7. One object for a step, its actions as optional properties: no `oneOf`, so that a typo is one error. */
export function editorSchema(): object {
  const { members, language, ...others } = TOP_LEVEL.properties ?? {};
  const top = withExpressions({ ...TOP_LEVEL, properties: others });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A scenario of etcd-scenarios',
    ...publish({ ...top, properties: { ...top.properties, ...known({ members, language }) } }),
    patternProperties: { '^x-': {} },
    definitions: {
      step: {
        type: 'object',
        properties: {
          ...Object.fromEntries([...STEPS.values()].map((step) => [step.name, actionSchema(step)])),
          ...(publish(withExpressions(MODIFIERS))['properties'] as object),
        },
        patternProperties: { '^x-': {} },
        additionalProperties: false,
      },
    },
  };
}

function known(properties: Record<string, JsonSchema | undefined>): Record<string, JsonSchema> {
  const entries = Object.entries(properties).filter((entry): entry is [string, JsonSchema] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

/** An action takes its arguments, or in short its main one. */
function actionSchema(step: Step): object {
  const expressive = withExpressions(step.schema);
  const published = publish(expressive);
  const main = step.main === undefined ? undefined : expressive.properties?.[step.main];
  if (!main) return { ...published, description: step.summary };
  const short = publish(main);
  const types = [...new Set(['object', ...typesOf(short as JsonSchema)])].filter((type) => type !== 'null');
  return { ...short, ...published, description: step.summary, type: types };
}

/** What an editor offers where members are named; the members themselves are different in each file. */
const OFFERED: Partial<Record<NonNullable<JsonSchema['names']>, readonly string[]>> = {
  selector: [...SELECTOR_WORDS],
  single: ['leader', 'follower'],
  startable: ['all'],
  leader: ['any', 'none'],
};

const OWN_ANNOTATIONS = new Set(['expects', 'names', 'path', 'step', 'steps']);

/** Without our own annotations; lists of steps refer to the definition. */
function publish(schema: JsonSchema): Record<string, unknown> {
  const own = Object.fromEntries(Object.entries(schema).filter(([key]) => !OWN_ANNOTATIONS.has(key))) as JsonSchema;
  const published: Record<string, unknown> = { ...own };
  if (schema.type !== undefined) published['type'] = single([...typesOf(schema), ...typesReadAsText(schema)]);
  if (typesOf(schema).includes('integer')) published['maximum'] = Number.MAX_SAFE_INTEGER;
  if (schema.step !== undefined) return { $ref: '#/definitions/step', description: schema.description };
  const offered = schema.examples ?? OFFERED[schema.names ?? 'plain'];
  if (offered) published['examples'] = offered;
  if (schema.steps) published['items'] = { $ref: '#/definitions/step' };
  else if (own.items) published['items'] = publish(own.items);
  if (own.properties) {
    published['properties'] = Object.fromEntries(
      Object.entries(own.properties).map(([k, inner]) => [k, publish(inner)]),
    );
  }
  if (typeof own.additionalProperties === 'object')
    published['additionalProperties'] = publish(own.additionalProperties);
  return published;
}

function typesOf({ type = [] }: JsonSchema): readonly string[] {
  return typeof type === 'string' ? [type] : type;
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
    if (type === 'null' && schema.minLength !== undefined) return [];
    const fits =
      type === 'null'
        ? samples.every((one) => pattern?.test(one) ?? true)
        : samples.some((one) => pattern?.test(one) ?? true);
    return fits ? [type] : [];
  });
}
