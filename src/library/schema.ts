/** The schemas that the package publishes for editors. */
import { DIALECT, publish } from '../scenario/editor-schema';
import { CONFIG_SCHEMA } from './config';

export { editorSchema } from '../scenario/editor-schema';

/** JSON Schema, draft 7, of the configuration file. */
export function configurationSchema(): object {
  return { $schema: DIALECT, ...publish(CONFIG_SCHEMA) };
}
