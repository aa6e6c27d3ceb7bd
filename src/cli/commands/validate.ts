import { readConfiguration } from '../../library/config';
import { load } from '../../library/load';
import { checkOutside, plan } from '../../library/plan';
import { parse, parseVariables } from '../args';
import type { Command } from '../io';

export const command: Command = async (argv, io) => {
  const args = parse(argv, { var: { type: 'string', multiple: true }, etcd: { type: 'string' } });
  const { etcd: defaultEtcd } = readConfiguration(io.cwd);
  const variables = parseVariables(args.texts('var'));
  const { scenarios, files } = await load({ paths: args.paths, cwd: io.cwd, variables, slow: true });
  // Some mistakes show only against a version: a flag that it lacks.
  await checkOutside(plan(scenarios, { etcd: args.versions('etcd'), defaultEtcd }));
  io.out.write(`${files} ${files === 1 ? 'file' : 'files'}, no problems\n`);
  return 0;
};
