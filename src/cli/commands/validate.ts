import { load } from '../../library/load';
import { parse, parseVariables } from '../args';
import type { Command } from '../io';

export const command: Command = async (argv, io) => {
  const args = parse(argv, { var: { type: 'string', multiple: true } });
  const { files } = await load({ paths: args.paths, cwd: io.cwd, variables: parseVariables(args.texts('var')) });
  io.out.write(`${files} ${files === 1 ? 'file' : 'files'}, no problems\n`);
  return 0;
};
