import { resolve } from 'node:path';
import { UsageError } from '../../errors';
import { drillFrom, writeNew } from '../../library/templates';
import { stripControl } from '../../source';
import { parse } from '../args';
import type { Command } from '../io';

export const command: Command = (argv, io) => {
  const args = parse(argv, { template: { type: 'string' } });
  const [path, ...more] = args.paths;
  if (path === undefined || more.length > 0) throw new UsageError('new takes one FILE, such as scenarios/first.yaml');
  if (!/\.ya?ml$/.test(path)) throw new UsageError(`a drill's file ends in .yaml or .yml, "${path}" does not`);
  const text = drillFrom(args.text('template') ?? 'bootstrap', path, io.cwd);
  if (!writeNew(resolve(io.cwd, path), text)) throw new UsageError(`${path} is there already, and stays as it is`);
  io.out.write(stripControl(`wrote ${path}; next: etcd-scenarios run ${path}\n`));
  return Promise.resolve(0);
};
