/** The schemas that the package publishes for editors. */
import { publish } from '../scenario/editor-schema';
import { CONFIG_SCHEMA } from './config';

export { editorSchema } from '../scenario/editor-schema';

/** JSON Schema, draft 7, of the configuration file. */
export function configurationSchema(): object {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...publish(CONFIG_SCHEMA) };
}
