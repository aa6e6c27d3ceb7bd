import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { asError, UsageError } from '../../errors';
import { importFlags } from '../../library/import';
import { stripControl } from '../../source';
import { fullVersion, parse } from '../args';
import type { Command, Io } from '../io';

export const command: Command = async (argv, io) => {
  const args = parse(argv, { to: { type: 'string' } });
  const [file, ...more] = args.paths;
  if (file === undefined || more.length > 0) {
    throw new UsageError(
      'import takes one FILE: a manifest, a configuration file or a command line; - for standard input',
    );
  }
  const to = args.text('to');
  const { yaml, warnings } = importFlags(await read(file, io), {
    file,
    to: to === undefined ? undefined : fullVersion(to),
  });
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
