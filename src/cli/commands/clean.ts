import { UsageError } from '../../errors';
import { clean } from '../../library/clean';
import { cureOfRun, describeRun } from '../../library/left-runs';
import { parse } from '../args';
import type { Command } from '../io';
import { usage } from './clean.usage';

export const command: Command = async (argv, io) => {
  const { run, 'older-than': olderThanMs } = parse(argv, usage, io.env).options;
  if (olderThanMs !== undefined && run !== undefined) throw new UsageError('--older-than and --run exclude each other');
  const { removed, stays } = await clean({ run, olderThanMs, say: (message) => io.err.write(`${message}\n`) });
  if (removed.length === 0)
    io.out.write(run === undefined ? 'nothing to remove\n' : `nothing of a run ${run} is there\n`);
  for (const { kind, name } of removed) io.out.write(`removed ${kind} ${name}\n`);
  for (const one of stays) io.out.write(`stays: ${describeRun(one)}\n  ${cureOfRun(one)}\n`);
  return 0;
};
