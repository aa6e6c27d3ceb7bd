import { UsageError } from '../../errors';
import { clean } from '../../library/clean';
import { parse } from '../args';
import type { Command } from '../io';

export const command: Command = async (argv, io) => {
  const args = parse(argv, { 'older-than': { type: 'string' }, run: { type: 'string' } });
  const olderThanMs = args.duration('older-than');
  const run = args.text('run');
  if (args.paths.length > 0) throw new UsageError(`clean takes no paths: "${args.paths[0]}"`);
  if (olderThanMs !== undefined && run !== undefined) throw new UsageError('--older-than and --run exclude each other');
  const removed = await clean({ run, olderThanMs });
  if (removed.length === 0) io.out.write('nothing to remove\n');
  for (const { kind, name } of removed) io.out.write(`removed ${kind} ${name}\n`);
  return 0;
};
