import { configurationSchema, editorSchema } from '../../library/schema';
import { parse } from '../args';
import type { Command } from '../io';
import { usage } from './schema.usage';

export const command: Command = (argv, io) => {
  const { configuration } = parse(argv, usage).options;
  io.out.write(`${JSON.stringify(configuration ? configurationSchema() : editorSchema(), null, 2)}\n`);
  return Promise.resolve(0);
};
