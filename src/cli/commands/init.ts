import { join, resolve } from 'node:path';
import { initialize, type InitialFile } from '../../library/init';
import { stripControl } from '../../source';
import { parse } from '../args';
import type { Command } from '../io';
import { usage } from './init.usage';

export const command: Command = (argv, io) => {
  const [folder = '.'] = parse(argv, usage, io.env).paths;
  const { files, install, repository } = initialize(resolve(io.cwd, folder));
  const lines = files.map((one) => told({ ...one, file: join(folder, one.file) }));
  if (repository !== undefined) {
    lines.push(`note   GitHub looks for workflows in ${join(repository, '.github', 'workflows')} alone: move it there`);
  }
  const next = [...(folder === '.' ? [] : [`cd ${folder}`]), ...install, 'npx etcd-scenarios run'];
  lines.push('more drills, those that ship: npx etcd-scenarios list --shipped', `next: ${next.join(' && ')}`);
  io.out.write(stripControl(`${lines.join('\n')}\n`));
  return Promise.resolve(0);
};

function told({ file, line, written }: InitialFile): string {
  if (line !== undefined) return written ? `wrote  ${file}: ${line}` : `kept   ${file}: it has ${line}`;
  return written ? `wrote  ${file}` : `kept   ${file}: it is there, and stays as it is`;
}
