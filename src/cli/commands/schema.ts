import { editorSchema } from '../../library/schema';
import type { Command } from '../io';

export const command: Command = (_argv, io) => {
  io.out.write(`${JSON.stringify(editorSchema(), null, 2)}\n`);
  return Promise.resolve(0);
};
