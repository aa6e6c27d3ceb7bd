import { hostname } from 'node:os';
import { Interrupted } from '../../errors';
import type { Reporter } from '../../events';
import { run, type RunRequest } from '../../index';
import { createReporters } from '../../report';
import { parse } from '../args';
import { readConfiguration, type Configuration } from '../../library/config';
import { replaceReports } from '../../library/reports-folder';
import { nothingRan, tellNothingRan } from '../../library/run';
import { newRunId } from '../../library/run-id';
import type { Command, Io } from '../io';
import { reportsFolder, runRequest } from '../request';
import { onSignals } from '../signals';
import { variableOf } from '../usage';
import { usage } from './run.usage';

export const command: Command = async (argv, io) => {
  const id = newRunId();
  const { request, reports, reporters } = await prepared(argv, io, id);
  const say = (message: string): void => void io.err.write(`${message}\n`);
  const signals = onSignals(say);
  const noting: Reporter = { name: 'signals', event: (e) => void (e.type === 'run-started' && signals.began(e.run)) };
  try {
    const result = await run({
      ...request,
      run: id,
      reports,
      reporters: [noting, ...reporters],
      signal: signals.first,
      abandon: signals.second,
      say,
    });
    return signals.broke() ? 3 : result.exitCode;
  } catch (thrown) {
    if (signals.first.aborted) throw new Interrupted('interrupted before anything ran');
    throw thrown;
  } finally {
    signals.dispose();
  }
};

interface Prepared {
  request: RunRequest;
  reports: string;
  reporters: Reporter[];
}

/** Reads the command line. Where it is wrong, the reports of an earlier run, green perhaps, do not stay either. */
async function prepared(argv: string[], io: Io, id: string): Promise<Prepared> {
  try {
    const { paths, options } = parse(argv, usage, io.env);
    const configuration = readConfiguration(io.cwd, options.config);
    const reports = reportsFolder(options, configuration, { io, run: id });
    const request = {
      ...runRequest(paths, options, { configuration, io }),
      shipped: options.shipped,
      tag: options.tag,
      grep: options.grep,
      failFast: options['fail-fast'],
      keep: options.keep,
      minRun: options['min-run'],
    };
    return { request, reports, reporters: reportersFor(options.reporter, reports, io) };
  } catch (thrown) {
    const reports = likelyReports(argv, io, id);
    const reporters = reportersFor(['junit', 'summary'], reports, { ...io, env: {} });
    // A folder that another run uses is left to it: what is wrong with the command line is what counts.
    await replaceReports(reports, id, () => tellNothingRan(reporters, nothingRan(id, thrown))).catch(() => undefined);
    throw thrown;
  }
}

/** Where the reports would be, as far as a command line or a configuration with mistakes says so. */
function likelyReports(argv: readonly string[], io: Io, run: string): string {
  const reports = likelyValue('reports', argv, io);
  return reportsFolder({ reports }, configurationOrNone(io, likelyValue('config', argv, io)), { io, run });
}

function likelyValue(name: string, argv: readonly string[], io: Io): string | undefined {
  const [, typed] = new RegExp(`(?:^|\\n)--${name}[=\\n]([^\\n]+)`).exec(argv.join('\n')) ?? [];
  return typed ?? (io.env[variableOf(name)] || undefined);
}

function configurationOrNone(io: Io, file: string | undefined): Configuration {
  try {
    return readConfiguration(io.cwd, file);
  } catch {
    return {};
  }
}

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
