import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { asError, UsageError } from '../../errors';
import { importFlags } from '../../library/import';
import { stripControl } from '../../source';
import { parse } from '../args';
import type { Command, Io } from '../io';
import { usage } from './import.usage';

export const command: Command = async (argv, io) => {
  const {
    paths: [file],
    options: { to },
  } = parse(argv, usage, io.env);
  const { yaml, warnings } = importFlags(await read(file, io), { file, to });
  io.out.write(stripControl(yaml));
  for (const warning of warnings) io.err.write(stripControl(`${warning}\n`));
  return 0;
};

function read(file: string, io: Io): Promise<string> {
  if (file === '-') return textOf(io.in);
  return readFile(resolve(io.cwd, file), 'utf8').catch((thrown: unknown): never => {
    throw new UsageError(`can't read ${file}: ${asError(thrown).message}`);
  });
}
