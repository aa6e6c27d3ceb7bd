/** The one big schema for editors, put together from the same parts that the loader checks with. */
import { STEPS } from '../steps';
import type { JsonSchema } from '../steps/schema';
import type { Step } from '../steps/step';
import { MODIFIERS, TOP_LEVEL } from './top-level';
import { withExpressions } from './validate';

/** JSON Schema, draft 7. One object for a step, its actions as optional properties: no `oneOf`, so that a typo is one error. */
export function editorSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A scenario of etcd-scenarios',
    ...publish(TOP_LEVEL),
    patternProperties: { '^x-': {} },
    definitions: {
      step: {
        type: 'object',
        properties: {
          ...Object.fromEntries([...STEPS.values()].map((step) => [step.name, actionSchema(step)])),
          ...(publish(MODIFIERS)['properties'] as object),
        },
        patternProperties: { '^x-': {} },
        additionalProperties: false,
      },
    },
  };
}

/** An action takes its arguments, or in short its main one. */
function actionSchema(step: Step): object {
  const published = publish(withExpressions(step.schema));
  const main = step.main === undefined ? undefined : step.schema.properties?.[step.main];
  if (!main) return { description: step.summary, ...published };
  const short = publish(main.steps ? main : (withExpressions({ properties: { main } }).properties?.['main'] ?? main));
  const types = [...new Set(['object', ...[short['type'] ?? 'string'].flat(), 'string'])];
  return { ...short, ...published, description: step.summary, type: types };
}

const OWN_ANNOTATIONS = new Set(['expects', 'names', 'steps']);

/** Without our own annotations; lists of steps refer to the definition. */
function publish(schema: JsonSchema): Record<string, unknown> {
  const own = Object.fromEntries(Object.entries(schema).filter(([key]) => !OWN_ANNOTATIONS.has(key))) as JsonSchema;
  const known: Record<string, unknown> = { ...own };
  if (schema.steps) known['items'] = { $ref: '#/definitions/step' };
  else if (own.items) known['items'] = publish(own.items);
  if (own.properties) {
    known['properties'] = Object.fromEntries(Object.entries(own.properties).map(([k, inner]) => [k, publish(inner)]));
  }
  if (typeof own.additionalProperties === 'object') known['additionalProperties'] = publish(own.additionalProperties);
  return known;
}
