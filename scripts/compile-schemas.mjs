// Compiles the schemas of the language once, when the package is built: dist/scenario/validators/.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCENARIO = join(dirname(fileURLToPath(import.meta.url)), '../dist/scenario');
const require = createRequire(join(SCENARIO, 'validator.js'));
const { default: Ajv } = require('ajv');
const { default: standaloneCode } = require('ajv/dist/standalone');
const { AJV_OPTIONS, BUILT, schemaName } = require('./validator.js');
const { allSchemas } = require('./schemas.js');

const folder = join(SCENARIO, BUILT);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const schema of allSchemas()) {
  const ajv = new Ajv({ ...AJV_OPTIONS, code: { source: true, optimize: true } });
  writeFileSync(join(folder, `${schemaName(schema)}.js`), `${standaloneCode(ajv, ajv.compile(schema))}\n`);
}
