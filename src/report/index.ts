/** The reporters by their names, and what other rooms need of this one. */
import { UsageError } from '../errors';
import type { Reporter } from '../events';
import { ConsoleReporter, type ConsoleOptions } from './console';
import { GithubReporter, type GithubOptions } from './github';
import { JunitReporter } from './junit';
import { NdjsonReporter } from './ndjson';
import { nearest } from '../match';
import { SummaryReporter } from './summary';
import { oneLine } from './text';

export { earlierReports, removeEarlierReports } from './earlier';
export { Broadcast, type ReporterProblem } from './broadcast';
export { renderFailure, renderFailures, headlineOf, type FailureOptions } from './failure';
export { caseLogs, folderName, logFile } from './folder';
export { createStyle, type Style } from './style';
export type { CaseSummary, FailureSummary, RunSummary } from './summary';

export interface ReporterOptions extends ConsoleOptions, Omit<GithubOptions, 'out'> {
  /** The run's reports folder, absolute; null where no files are written. */
  folder: string | null;
  /** For JUnit; the machine's own where nothing is said. */
  hostname?: string;
}

const MAKERS: Record<string, (options: ReporterOptions) => Reporter> = {
  console: (options) => new ConsoleReporter(options),
  github: (options) => new GithubReporter(options),
  junit: (options) => new JunitReporter({ folder: folderFor('junit', options), hostname: options.hostname }),
  ndjson: (options) => new NdjsonReporter(folderFor('ndjson', options)),
  summary: (options) => new SummaryReporter(folderFor('summary', options)),
};

/** What can be asked for. */
export const REPORTER_NAMES: readonly string[] = Object.keys(MAKERS);

/** The reporters of these names, each once, in this order. Throws UsageError for a name that there is not. */
export function createReporters(names: readonly string[], options: ReporterOptions): Reporter[] {
  return [...new Set(names)].map((name) => {
    const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
    if (make) return make(options);
    const near = nearest(name, REPORTER_NAMES);
    const guess = near === undefined ? '' : ` Did you mean "${near}"?`;
    throw new UsageError(`there is no reporter "${oneLine(name)}".${guess} Reporters: ${REPORTER_NAMES.join(', ')}`);
  });
}

function folderFor(name: string, options: ReporterOptions): string {
  if (options.folder !== null) return options.folder;
  throw new UsageError(`the reporter "${name}" writes a file, and this run has no reports folder`);
}
