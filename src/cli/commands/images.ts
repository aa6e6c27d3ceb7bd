import { Interrupted } from '../../errors';
import { readConfiguration } from '../../library/config';
import { makeImages } from '../../library/images';
import { DEFAULT_ETCD } from '../../library/plan';
import { fullVersion, parse } from '../args';
import type { Command } from '../io';
import { onSignals } from '../signals';
import { imageOptions } from './run';

const WORDS = {
  given: 'as --image says',
  present: 'was there already',
  cache: 'from the build cache',
  pull: 'pulled',
  build: 'built here',
} as const;

export const command: Command = async (argv, io) => {
  const args = parse(argv, { image: { type: 'string' }, pull: { type: 'string' } });
  const configuration = readConfiguration(io.cwd);
  const versions = args.paths.length > 0 ? args.paths.map(fullVersion) : (configuration.etcd ?? [DEFAULT_ETCD]);
  const say = (message: string): void => void io.err.write(`${message}\n`);
  const signals = onSignals(say);
  try {
    await makeImages(versions, {
      pull: 'missing',
      ...imageOptions(args, configuration, io),
      say,
      signal: signals.first,
      onImage: ({ version, reference, from }) => io.out.write(`etcd ${version}: ${reference} (${WORDS[from]})\n`),
    });
    return 0;
  } catch (thrown) {
    throw signals.first.aborted ? new Interrupted('interrupted') : thrown;
  } finally {
    signals.dispose();
  }
};
