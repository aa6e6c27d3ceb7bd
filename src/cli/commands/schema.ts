import { editorSchema } from '../../library/schema';
import { parse } from '../args';
import type { Command } from '../io';
import { usage } from './schema.usage';

export const command: Command = (argv, io) => {
  parse(argv, usage);
  io.out.write(`${JSON.stringify(editorSchema(), null, 2)}\n`);
  return Promise.resolve(0);
};
