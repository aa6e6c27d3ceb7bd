import { Interrupted, UsageError } from '../../errors';
import { readConfiguration } from '../../library/config';
import { doctor, isHopeless, type Line } from '../../library/doctor';
import { parse } from '../args';
import type { Command } from '../io';
import { onSignals } from '../signals';
import { imageOptions } from './run';

const OPTIONS = { image: { type: 'string' }, pull: { type: 'string' }, json: { type: 'boolean' } } as const;

export const command: Command = async (argv, io) => {
  const args = parse(argv, OPTIONS);
  if (args.paths.length > 0) throw new UsageError(`doctor takes no paths: "${args.paths[0]}"`);
  const images = { pull: 'missing' as const, ...imageOptions(args, readConfiguration(io.cwd), io) };
  const imageBy =
    args.text('image') !== undefined
      ? '--image'
      : io.env['ETCD_SCENARIOS_IMAGE']
        ? 'ETCD_SCENARIOS_IMAGE'
        : 'the configuration';
  const signals = onSignals((message) => void io.err.write(`${message}\n`));
  try {
    const request = { images, imageBy, node: process.versions.node, path: io.env['PATH'] ?? '', signal: signals.first };
    const lines = await doctor(request);
    io.out.write(args.flag('json') ? `${JSON.stringify(lines, null, 2)}\n` : lines.map(textOf).join(''));
    return isHopeless(lines) ? 3 : 0;
  } catch (thrown) {
    throw signals.first.aborted ? new Interrupted('interrupted') : thrown;
  } finally {
    signals.dispose();
  }
};

function textOf({ state, what, finding, cure }: Line): string {
  const line = `${state.padEnd(4)}  ${what}: ${finding}\n`;
  return cure === undefined ? line : `${line}      ${cure}\n`;
}
