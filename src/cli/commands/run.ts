import { hostname } from 'node:os';
import { Interrupted } from '../../errors';
import type { Reporter } from '../../events';
import { run } from '../../index';
import { createReporters } from '../../report';
import { parse } from '../args';
import { readConfiguration } from '../../library/config';
import type { Command, Io } from '../io';
import { reportsFolder, runRequest } from '../request';
import { onSignals } from '../signals';
import { usage } from './run.usage';

export const command: Command = async (argv, io) => {
  const { paths, options } = parse(argv, usage);
  const configuration = readConfiguration(io.cwd);
  const reports = reportsFolder(options, configuration, io);
  const request = {
    ...runRequest(paths, options, { configuration, io }),
    shipped: options.shipped,
    tag: options.tag,
    grep: options.grep,
    failFast: options['fail-fast'],
    keep: options.keep,
    minRun: options['min-run'],
  };
  const say = (message: string): void => void io.err.write(`${message}\n`);
  const signals = onSignals(say);
  const noting: Reporter = { name: 'signals', event: (e) => void (e.type === 'run-started' && signals.began(e.run)) };
  try {
    const reporters = [noting, ...reportersFor(options.reporter, reports, io)];
    const result = await run({ ...request, reports, reporters, signal: signals.first, abandon: signals.second, say });
    return signals.broke() ? 3 : result.exitCode;
  } catch (thrown) {
    if (signals.first.aborted) throw new Interrupted('interrupted before anything ran');
    throw thrown;
  } finally {
    signals.dispose();
  }
};

function reportersFor(asked: readonly string[], folder: string, io: Io): Reporter[] {
  const onGithub = io.env['GITHUB_ACTIONS'] === 'true';
  const names = [...new Set([...asked, ...(onGithub ? ['github'] : [])])];
  return createReporters(names, {
    out: io.out,
    colour: io.colour,
    live: io.terminal && !io.env['CI'],
    columns: io.columns,
    now: Date.now,
    cwd: io.cwd,
    stepSummary: io.env['GITHUB_STEP_SUMMARY'] || undefined,
    hostname: hostname(),
    folder,
  });
}
