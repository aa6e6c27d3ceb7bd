import { relative, resolve } from 'node:path';
import { UsageError } from '../../errors';
import { NewFiles } from '../../library/new-files';
import { drillFrom } from '../../library/templates';
import { stripControl } from '../../source';
import { parse } from '../args';
import type { Command } from '../io';
import { usage } from './new.usage';

export const command: Command = (argv, io) => {
  const {
    paths: [path],
    options: { template },
  } = parse(argv, usage, io.env);
  if (!/\.ya?ml$/.test(path)) throw new UsageError(`a drill's file ends in .yaml or .yml, "${path}" does not`);
  const text = drillFrom(template, path, io.cwd);
  if (!new NewFiles().write(resolve(io.cwd, path), text))
    throw new UsageError(`${path} is there already, and stays as it is`);
  io.out.write(stripControl(`wrote ${path}; next: npx etcd-scenarios run ${path}\n`));
  const isFound = !relative(resolve(io.cwd, 'scenarios'), resolve(io.cwd, path)).startsWith('..');
  if (!isFound) io.out.write('note: without a path `run` takes the drills of scenarios/ alone\n');
  return Promise.resolve(0);
};
