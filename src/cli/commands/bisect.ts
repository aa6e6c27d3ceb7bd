import { hostname } from 'node:os';
import { join } from 'node:path';
import { formatDuration } from '../../clock';
import { Interrupted, UsageError } from '../../errors';
import type { Reporter } from '../../events';
import { bisect, type Bisected, type BisectRequest, type TriedVersion } from '../../library/bisect';
import { readConfiguration, type Configuration } from '../../library/config';
import { newRunId } from '../../library/run-id';
import { createReporters } from '../../report';
import { renderFailure } from '../../report/failure';
import { stripControl } from '../../source';
import { parse, type Parsed } from '../args';
import type { Command, Io } from '../io';
import { reportsFolder, runRequest } from '../request';
import { onSignals } from '../signals';
import { usage } from './bisect.usage';

/** 0: found; 1: the ends are not as they were said to be; 3: an end can't be tested. */
export const command: Command = async (argv, io) => {
  const args = parse(argv, usage, io.env);
  const signals = onSignals((message) => io.err.write(`${message}\n`));
  const { json } = args.options;
  const tell = (text: string): void => io.out.write(stripControl(`${text}\n`));
  try {
    const request = requestOf(args, readConfiguration(io.cwd, args.options.config), io);
    const noting: Reporter = { name: 'signals', event: (e) => void (e.type === 'run-started' && signals.began(e.run)) };
    const done = await bisect({
      ...request,
      reportersOf: (version) => [noting, ...request.reportersOf(version)],
      signal: signals.first,
      abandon: signals.second,
      say: (message) => void (json || tell(message)),
      onTry: (tried) => void (json || tell(tryLine(tried))),
    });
    if (json) io.out.write(`${JSON.stringify(done, null, 2)}\n`);
    else tell(conclusion(done));
    return signals.broke() ? 3 : exitCode(done);
  } catch (thrown) {
    throw signals.first.aborted ? new Interrupted('interrupted') : thrown;
  } finally {
    signals.dispose();
  }
};

function requestOf(
  { paths, options }: Parsed<typeof usage>,
  configuration: Configuration,
  io: Io,
): Omit<BisectRequest, 'say' | 'onTry'> {
  const reports = join(reportsFolder(options, configuration, { io, run: newRunId() }), 'bisect');
  const { good, bad, over } = options;
  if (over === undefined && options.etcd !== undefined) {
    throw new UsageError('--etcd goes with --over: without it, the version that the drill runs with is what changes');
  }
  const reportsOf = (version: string): string => join(reports, version);
  return {
    ...runRequest(paths, options, { configuration, io }),
    slow: true,
    good,
    bad,
    over,
    reportsOf,
    reportersOf: (version) => fileReporters(reportsOf(version), io),
  };
}

function fileReporters(folder: string, io: Io): ReturnType<typeof createReporters> {
  const { out, columns } = io;
  const options = { out, columns, colour: false, live: false, now: Date.now, hostname: hostname(), folder };
  return createReporters(['ndjson', 'junit', 'summary'], options);
}

/** `3.5.21    bad         2 of 3 runs failed, 12.3 s: the cluster is not as expected`. */
function tryLine({ value, judgement, failed, runs, durationMs, why, failure }: TriedVersion): string {
  const count = runs > 1 ? `${failed} of ${runs} runs failed, ` : '';
  const reason = (why ?? failure?.message)?.split('\n')[0];
  return `${value.padEnd(10)}${judgement.padEnd(12)}${count}${formatDuration(durationMs)}${reason === undefined ? '' : `: ${reason}`}`;
}

function conclusion({ outcome, tried }: Bisected): string {
  const { good, bad } = outcome;
  if (!outcome.found || !bad) return `\n${misfit(bad ?? good, bad ? 'bad' : 'good')}`;
  const untested = outcome.between.map((version) => {
    const why = tried.find(({ value }) => value === version)?.why;
    return `  ${version}${why === undefined ? '' : ` (${why.split('\n')[0]})`}`;
  });
  return [
    '',
    `the verdict changes between ${good.value} (good) and ${bad.value} (bad)`,
    untested.length > 0
      ? 'of what is between them nothing can be tested here:'
      : 'no version between them is to be had here',
    ...untested,
    '',
    evidence(bad),
    '',
    evidence(good),
  ].join('\n');
}

function misfit(end: TriedVersion, said: 'good' | 'bad'): string {
  const found = end.judgement === 'untestable' ? `it can't be tested: ${end.why}` : `it is ${end.judgement}`;
  return [`--${said} ${end.value} is not ${said}: ${found}; nothing was halved`, '', evidence(end)].join('\n');
}

function evidence({ value, judgement, runs, failed, failure, reports }: TriedVersion): string {
  const count = runs === 1 ? '' : ` (${failed} of ${runs} runs failed)`;
  const shown = failure ? [renderFailure(failure, { reports }).replace(/^(?=[^\n])/gm, '  ')] : [];
  return [`${value}: ${judgement}${count}; reports: ${reports}`, ...shown].join('\n');
}

function exitCode({ outcome }: Bisected): number {
  if (outcome.found) return 0;
  return [outcome.good, outcome.bad].some((end) => end?.judgement === 'untestable') ? 3 : 1;
}
