import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Interrupted, UsageError } from '../../errors';
import type { Reporter } from '../../events';
import { run, type RunRequest } from '../../index';
import { createReporters } from '../../report';
import { parse, parseVariables, type Parsed } from '../args';
import { readConfiguration, type Configuration } from '../../library/config';
import type { Command, Io } from '../io';
import { onSignals } from '../signals';
import { toolVersion } from '../tool-version';

const OPTIONS = {
  etcd: { type: 'string' },
  tag: { type: 'string' },
  grep: { type: 'string' },
  var: { type: 'string', multiple: true },
  'var-file': { type: 'string', multiple: true },
  repeat: { type: 'string' },
  jobs: { type: 'string' },
  'fail-fast': { type: 'boolean' },
  timeout: { type: 'string' },
  'min-run': { type: 'string' },
  keep: { type: 'boolean' },
  'show-values': { type: 'boolean' },
  image: { type: 'string' },
  pull: { type: 'string' },
  bind: { type: 'string' },
  reports: { type: 'string' },
  reporter: { type: 'string' },
} as const;

export const command: Command = async (argv, io) => {
  const args = parse(argv, OPTIONS);
  const configuration = readConfiguration(io.cwd);
  const reports = resolve(io.cwd, args.text('reports') ?? configuration.reports ?? 'reports');
  const request = requestOf(args, configuration, io);
  const signals = onSignals((message) => io.err.write(`${message}\n`));
  try {
    const reporters = reportersFor(args, reports, io);
    const result = await run({ ...request, reports, reporters, signal: signals.first, abandon: signals.second });
    return signals.broke() ? 3 : result.exitCode;
  } catch (thrown) {
    if (signals.first.aborted) throw new Interrupted('interrupted before anything ran');
    throw thrown;
  } finally {
    signals.dispose();
  }
};

function requestOf(args: Parsed, configuration: Configuration, io: Io): RunRequest {
  return {
    paths: args.paths,
    cwd: io.cwd,
    tag: args.text('tag'),
    grep: args.text('grep'),
    variables: parseVariables(args.texts('var')),
    variableFiles: args.texts('var-file'),
    etcd: args.versions('etcd'),
    defaultEtcd: configuration.etcd,
    repeat: args.number('repeat', 1),
    jobs: args.number('jobs', 1) ?? configuration.jobs,
    failFast: args.flag('fail-fast'),
    keep: args.flag('keep'),
    showValues: args.flag('show-values'),
    timeoutMs: args.duration('timeout') ?? configuration.timeoutMs,
    bind: args.text('bind') ?? configuration.bind,
    minRun: args.number('min-run', 0),
    env: io.env,
    images: imageOptions(args, configuration, io),
    tool: `etcd-scenarios ${toolVersion()}`,
  };
}

/** Where images come from: the command line, then the environment, then the configuration. */
export function imageOptions(args: Parsed, configuration: Configuration, io: Io): NonNullable<RunRequest['images']> {
  const pull = args.text('pull') ?? configuration.pull ?? 'missing';
  if (pull !== 'missing' && pull !== 'never') throw new UsageError(`--pull takes missing or never, not "${pull}"`);
  const image = args.text('image') ?? (io.env['ETCD_SCENARIOS_IMAGE'] || configuration.image);
  return { pull, image, cacheDir: io.env['ETCD_SCENARIOS_CACHE'] || undefined };
}

function reportersFor(args: Parsed, folder: string, io: Io): Reporter[] {
  const onGithub = io.env['GITHUB_ACTIONS'] === 'true';
  const named = args.list('reporter') ?? ['console', 'ndjson', 'junit', 'summary'];
  const names = [...new Set([...named, ...(onGithub ? ['github'] : [])])];
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
