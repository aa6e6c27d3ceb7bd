/** What the command line, the environment and the configuration ask for together; the first of them wins. */
import { resolve } from 'node:path';
import type { RunRequest } from '../index';
import type { Configuration } from '../library/config';
import { reportsOf } from '../library/run-id';
import { parseVariables, type ValuesOf } from './args';
import type { Io } from './io';
import type { ETCD, IMAGES, REPORTS, RUNNING, VARIABLES } from './options';
import { toolVersion } from './tool-version';

/** Where images come from. */
export function imageOptions(
  options: ValuesOf<typeof IMAGES>,
  configuration: Configuration,
  io: Io,
): NonNullable<RunRequest['images']> & { pull: 'missing' | 'never' } {
  return {
    pull: options.pull ?? configuration.pull ?? 'missing',
    image: options.image ?? configuration.image,
    cacheDir: io.env['ETCD_SCENARIOS_CACHE'] || undefined,
  };
}

/** The absolute folder of the reports of a run. */
export function reportsFolder(
  { reports }: Partial<ValuesOf<typeof REPORTS>>,
  configuration: Configuration,
  { io, run }: { io: Io; run: string },
): string {
  return reportsOf(resolve(io.cwd, reports ?? configuration.reports ?? 'reports'), run);
}

export function variablesOf(
  options: ValuesOf<typeof VARIABLES>,
): Required<Pick<RunRequest, 'variables' | 'variableFiles'>> {
  return { variables: parseVariables(options.var), variableFiles: options['var-file'] };
}

/** What `run` and `bisect` ask for alike. */
export function runRequest(
  paths: readonly string[],
  options: ValuesOf<typeof ETCD & typeof VARIABLES & typeof RUNNING> & { repeat: number },
  { configuration, io }: { configuration: Configuration; io: Io },
): RunRequest & { images: ReturnType<typeof imageOptions> } {
  return {
    paths,
    cwd: io.cwd,
    ...variablesOf(options),
    etcd: options.etcd,
    defaultEtcd: configuration.etcd,
    repeat: options.repeat,
    jobs: options.jobs ?? configuration.jobs,
    timeoutMs: options.timeout ?? configuration.timeoutMs,
    showValues: options['show-values'],
    bind: options.bind ?? configuration.bind,
    env: io.env,
    images: imageOptions(options, configuration, io),
    tool: `etcd-scenarios ${toolVersion()}`,
  };
}
