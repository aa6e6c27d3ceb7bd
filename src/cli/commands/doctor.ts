import { Interrupted } from '../../errors';
import { readConfiguration } from '../../library/config';
import { doctor, isHopeless, verdictOf, type Line } from '../../library/doctor';
import { parse } from '../args';
import type { Command } from '../io';
import { imageOptions } from '../request';
import { onSignals } from '../signals';
import { usage } from './doctor.usage';

export const command: Command = async (argv, io) => {
  const { options, givenBy } = parse(argv, usage, io.env);
  const configuration = readConfiguration(io.cwd, options.config);
  const images = imageOptions(options, configuration, io);
  const imageBy = givenBy.get('image') ?? 'the configuration';
  const say = (message: string): void => void io.err.write(`${message}\n`);
  const signals = onSignals(say);
  try {
    const request = {
      say,
      images,
      imageBy,
      etcd: configuration.etcd,
      node: process.versions.node,
      path: io.env['PATH'] ?? '',
      signal: signals.first,
    };
    const lines = await doctor(request);
    io.out.write(
      options.json ? `${JSON.stringify(lines, null, 2)}\n` : `${lines.map(textOf).join('')}\n${verdictOf(lines)}\n`,
    );
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
