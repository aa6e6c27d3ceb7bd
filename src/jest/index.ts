/**
 * Drills in a jest suite: `drills('drills/*.yaml')` in a test file makes one test for each drill and version. The tests
 * are made at once, without an engine; only those that jest runs (`-t`) start anything.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../errors';
import { casesOf, type FileOfCases, type FoundCase } from '../library/cases';
import { readConfiguration, type Configuration } from '../library/config';
import { newRunId, reportsOf } from '../library/run-id';
import { formatProblems, messageOfError } from '../problems';
import { titleOf } from '../report/ledger';
import { RunnerClient } from './client';
import { bare, errorOf } from './failed';
import { jestGlobals, type JestGlobals } from './globals';
import type { Lookup, Order } from './protocol';
import { versionsMeant } from './versions';

export interface DrillsOptions {
  /**
   * Versions, lines (`3.5`), ranges (`>=3.5.21 <3.7`) or `latest`; a drill that names its own runs with those among
   * them. Left out: the configuration's.
   */
  etcd?: string | readonly string[];
  /** Values for the `vars` of the drills, by name. */
  vars?: Readonly<Record<string, string | number | boolean>>;
  /** A file of values for `vars`, YAML or JSON, or several: a later one goes before an earlier, `vars` before all. */
  varFile?: string | readonly string[];
  /** Only drills with these tags: `recovery and not slow`. */
  tag?: string;
  /** What paths are relative to; left out: the folder of the package.json above the test file. */
  root?: string;
  /** The image, `{version}` is replaced; left out: `ETCD_SCENARIOS_IMAGE`, else the configuration's. */
  image?: string;
  /** `missing`: images that are not there are pulled, or built. Left out: the configuration's, else `missing`. */
  pull?: 'missing' | 'never';
  /** So many drills at a time on this machine, in all of jest's workers together; left out: what the engine carries. */
  jobs?: number;
  /**
   * The folder for the members' whole logs; if omitted, the configuration's, else none are kept. `{run}` stands for an id:
   * each test gets a folder of its own.
   */
  reports?: string;
}

const SCENARIO_MS = 5 * 60_000;
/** A drill has deadlines of its own. This is for what comes before and after: an image that is built, a turn to wait for. */
const AROUND_MS = 30 * 60_000;
/** Ending what runs: `finally` may take 30 s, then everything is removed. */
const CLOSING_MS = 2 * 60_000;

/**
 * Makes a jest test of each drill and version. `paths` are files, folders and patterns, relative to `root`. Files with
 * mistakes become a test that fails and shows them; skipped cases become skipped tests. Never throws.
 */
export function drills(paths: string | readonly string[], options: DrillsOptions = {}): void {
  const jest = jestGlobals();
  const root = resolve(options.root ?? rootOf(jest));
  const wanted = [paths].flat();
  try {
    const order = orderFrom(options, root);
    const files = casesOf({ ...order.request, paths: wanted, tag: options.tag });
    if (files.every(({ cases, problems }) => cases.length + problems.length === 0)) {
      throw new UsageError(`no drill in ${wanted.join(', ')} fits the tag expression "${options.tag}"`);
    }
    const client = new RunnerClient();
    jest.afterAll(() => client.close(), CLOSING_MS);
    for (const file of files) register(file, order, client, jest);
  } catch (thrown) {
    failing(jest, `drills of ${wanted.join(', ')}`, messageOfError(thrown));
  }
}

type Template = Omit<Order, 'id'>;

function register(file: FileOfCases, order: Template, client: RunnerClient, jest: JestGlobals): void {
  if (file.problems.length > 0) failing(jest, file.shownAs, formatProblems(file.problems).trimEnd());
  for (const { ref, skip, timeoutMs } of file.cases) {
    const name = `${titleOf(ref)} (${ref.file})`;
    if (skip !== undefined) {
      jest.test.skip(`${name}: ${skip}`, () => undefined);
      continue;
    }
    const run = newRunId();
    const { reports } = order.request;
    const request = {
      ...order.request,
      run,
      reports: reports == null ? null : reportsOf(reports, run),
      paths: [file.path],
      cases: [ref.id],
    };
    // Side by side, as far as there is room: most of a drill is waiting.
    jest.test.concurrent(
      name,
      async () => {
        const error = errorOf(await client.run({ ...order, request }), request.reports);
        if (error) throw error;
      },
      deadlineOf(timeoutMs ?? request.timeoutMs),
    );
  }
}

/** The steps may take this long, and `finally` as long again. */
function deadlineOf(scenarioMs: FoundCase['timeoutMs']): number {
  return 2 * (scenarioMs ?? SCENARIO_MS) + AROUND_MS;
}

function failing({ test }: JestGlobals, name: string, message: string): void {
  test(name, () => {
    throw bare(message);
  });
}

function orderFrom(options: DrillsOptions, root: string): Template {
  const configuration = readConfiguration(root);
  const reports = options.reports ?? configuration.reports;
  const images = imagesFrom(options, configuration);
  const { vars = {}, varFile = [], etcd } = options;
  return {
    jobs: options.jobs ?? configuration.jobs,
    request: {
      cwd: root,
      ...versionsMeant({
        etcd: etcd === undefined ? undefined : [etcd].flat(),
        defaultEtcd: configuration.etcd,
        images,
      }),
      variables: Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, String(value)])),
      variableFiles: [varFile].flat(),
      // Each case is run on its own, and the variables are for all of them.
      unknownVariables: 'left',
      timeoutMs: configuration.timeoutMs,
      bind: configuration.bind,
      reports: reports === undefined ? null : resolve(root, reports),
      images,
    },
  };
}

function imagesFrom(options: DrillsOptions, configuration: Configuration): Lookup['images'] {
  return {
    pull: options.pull ?? configuration.pull ?? 'missing',
    image: options.image ?? (process.env['ETCD_SCENARIOS_IMAGE'] || configuration.image),
    cacheDir: process.env['ETCD_SCENARIOS_CACHE'] || undefined,
  };
}

/** The folder of the package that the test file belongs to. */
function rootOf({ expect }: JestGlobals): string {
  const start = dirname(expect.getState().testPath ?? join(process.cwd(), 'test'));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}
