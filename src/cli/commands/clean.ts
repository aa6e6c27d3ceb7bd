import { connectEngine } from '../../cluster/docker/engine';
import { LABEL } from '../../cluster/docker/labels';
import { findLabelled, findLeftovers, removeFound, type Found } from '../../cluster/docker/remove';
import { UsageError } from '../../errors';
import { parse } from '../args';
import type { Command } from '../io';

/**
 * Without options: what runs left that are certainly dead. `--run ID`: all of one run. `--older-than D`: all that is
 * older, whoever made it, so that what other machines and containers left on this engine can be removed.
 */
export const command: Command = async (argv, io) => {
  const args = parse(argv, { 'older-than': { type: 'string' }, run: { type: 'string' } });
  const olderThanMs = args.duration('older-than');
  const run = args.text('run');
  if (args.paths.length > 0) throw new UsageError(`clean takes no paths: "${args.paths[0]}"`);
  if (olderThanMs !== undefined && run !== undefined) throw new UsageError('--older-than and --run exclude each other');
  const { docker } = await connectEngine();
  const found =
    run !== undefined
      ? await findLabelled(docker, [`${LABEL.run}=${run}`])
      : olderThanMs !== undefined
        ? (await findLabelled(docker, [LABEL.run])).filter((one) => isOlder(one, olderThanMs))
        : await findLeftovers(docker);
  if (found.length === 0) {
    io.out.write('nothing to remove\n');
    return 0;
  }
  await removeFound(docker, found);
  for (const { kind, name } of found) io.out.write(`removed ${kind} ${name}\n`);
  return 0;
};

function isOlder({ labels }: Found, ms: number): boolean {
  const created = Date.parse(labels[LABEL.created] ?? '');
  return !Number.isNaN(created) && Date.now() - created > ms;
}
