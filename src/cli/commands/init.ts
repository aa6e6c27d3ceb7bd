import { join, resolve } from 'node:path';
import { initialize } from '../../library/init';
import { stripControl } from '../../source';
import { parse } from '../args';
import type { Command } from '../io';
import { usage } from './init.usage';

export const command: Command = (argv, io) => {
  const [folder = '.'] = parse(argv, usage).paths;
  const lines = initialize(resolve(io.cwd, folder)).map(({ file, written }) =>
    written ? `wrote       ${join(folder, file)}` : `left alone  ${join(folder, file)}: it is there already`,
  );
  const next = folder === '.' ? 'etcd-scenarios run' : `cd ${folder}, then etcd-scenarios run`;
  io.out.write(stripControl(`${lines.join('\n')}\nnext: ${next}\n`));
  return Promise.resolve(0);
};
