import { Interrupted } from '../../errors';
import { connectEngine } from '../../cluster/docker/engine';
import { ensureImage } from '../../cluster/docker/images';
import { DEFAULT_ETCD } from '../../library/plan';
import { fullVersion, parse } from '../args';
import { readConfiguration } from '../config';
import type { Command } from '../io';
import { onSignals } from '../signals';
import { imageOptions } from './run';

export const command: Command = async (argv, io) => {
  const args = parse(argv, { image: { type: 'string' }, pull: { type: 'string' } });
  const configuration = readConfiguration(io.cwd);
  const options = { pull: 'missing' as const, ...imageOptions(args, configuration, io) };
  const versions = args.paths.length > 0 ? args.paths.map(fullVersion) : (configuration.etcd ?? [DEFAULT_ETCD]);
  const signals = onSignals((message) => io.err.write(`${message}\n`));
  try {
    const { docker } = await connectEngine();
    for (const version of versions) {
      const say = (message: string): void => io.err.write(`${message}\n`);
      const { reference, from } = await ensureImage(docker, version, options, say, signals.first);
      io.out.write(`etcd ${version}: ${reference} (${WORDS[from]})\n`);
    }
    return 0;
  } catch (thrown) {
    throw signals.first.aborted ? new Interrupted('interrupted') : thrown;
  } finally {
    signals.dispose();
  }
};

const WORDS = {
  given: 'as --image says',
  present: 'was there already',
  cache: 'from the build cache',
  pull: 'pulled',
  build: 'built here',
} as const;
