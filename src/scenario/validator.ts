/**
 * A schema as a function. Those of the language are compiled by ajv when the package is built (scripts/compile-schemas.mjs):
 * its loading and compiling takes longer than reading a hundred drills. What is not among them, and everything where
 * nothing was built, is compiled when it is met.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type Ajv from 'ajv';
import type { ErrorObject, Options } from 'ajv';
import type { JsonSchema } from '../steps/schema';

/** Says whether a value fits, and keeps what is wrong with it. */
export interface Validator {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null;
}

/**
 * Our own schemas are checked by a test, not at each start: half of the time of a first validation would go there, and
 * into optimising code that runs a few dozen times.
 */
export const AJV_OPTIONS: Options = {
  allErrors: true,
  strict: false,
  verbose: true,
  messages: false,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
};

/** Where the build leaves validators, each under the name of its schema. */
export const BUILT = 'validators';

let ajv: Ajv | undefined;

export function validatorOf(schema: JsonSchema): Validator {
  const file = join(__dirname, '..', 'scenario', BUILT, `${schemaName(schema)}.js`);
  if (!existsSync(file)) return compile(schema);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- which one is known only now
  return (require(file) as { default: Validator }).default;
}

/** The same schema has the same name, and a changed one another: a validator that is stale is found by nobody. */
export function schemaName(schema: JsonSchema): string {
  return `v${createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 24)}`;
}

function compile(schema: JsonSchema): Validator {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loading it is most of what it costs
  ajv ??= new (require('ajv') as typeof import('ajv')).default(AJV_OPTIONS);
  return ajv.compile(schema);
}
