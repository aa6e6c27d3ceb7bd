/**
 * Runs the scenarios that ship again and again while other processes keep the machine busy: `npm run test:soak -- [PATH…]
 * [OPTION…]`. Each of them passes, so whatever fails is a flake.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isKnownFailure, type EventOf } from '../../src/events';
import { check } from '../../src/library/check';
import { filesUnder, readEvents, ROOT, startCli, VERSIONS } from '../cluster/helpers';
import { shuffled } from '../mutants/random';
import { batchesOf, type Batch, type Countable } from './batches';

const HELP = `npm run test:soak -- [PATH…] [OPTION…]

Run the scenarios that ship on a loaded machine, and report every case that does not pass. Exit code 1 if an expectation
failed, 3 if the environment did. PATH is a folder or file (default: scenarios).

Options
  --cases N      how many cases, in batches (default: 1000)
  --etcd V,V     versions (default: ${VERSIONS.join(',')})
  --jobs N       run up to N cases in parallel (default: 4)
  --hogs N       how many processes keep a core busy meanwhile (default: one for each core)
  --seed TEXT    decides the order of scenarios, and which of them are in a part of a pass (default: 1)
  --reports DIR  where the reports of batches with failures are kept (default: reports/soak)
`;

/** How often progress is printed, in milliseconds. */
const PROGRESS_MS = 30_000;

type Finished = EventOf<'case-finished'>;

interface Options {
  paths: string[];
  cases: number;
  etcd: string[];
  jobs: string;
  hogs: number;
  seed: string;
  reports: string;
}

function optionsOf(args: string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      cases: { type: 'string', default: '1000' },
      etcd: { type: 'string', default: VERSIONS.join(',') },
      jobs: { type: 'string', default: '4' },
      hogs: { type: 'string', default: String(availableParallelism()) },
      seed: { type: 'string', default: '1' },
      reports: { type: 'string', default: 'reports/soak' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const [cases, hogs] = [Number(values.cases), Number(values.hogs)];
  if (!Number.isInteger(cases) || cases < 1) throw new Error(`--cases takes a number from 1 on, not "${values.cases}"`);
  if (!Number.isInteger(hogs) || hogs < 0) throw new Error(`--hogs takes a number from 0 on, not "${values.hogs}"`);
  const paths = positionals.length === 0 ? ['scenarios'] : positionals;
  return { ...values, cases, hogs, paths, etcd: values.etcd.split(','), reports: resolve(values.reports) };
}

/** The scenarios of these files and folders, with the cases that run on these versions. */
async function countable({ paths, etcd, seed }: Options): Promise<Countable[]> {
  const files = paths
    .flatMap((path) => (path.endsWith('.yaml') ? [resolve(path)] : filesUnder(resolve(path))))
    .filter((file) => file.endsWith('.yaml') && /^name:/m.test(readFileSync(file, 'utf8')))
    .map((file) => relative(process.cwd(), file));
  const counted = await Promise.all(
    files.map(async (path) => {
      const { cases } = await check({ paths: [path], cwd: process.cwd(), etcd, slow: true });
      return { path, cases: cases.filter(({ skip }) => skip === undefined).length };
    }),
  );
  return shuffled(seed, counted, ({ path }) => path);
}

function startHogs(count: number): ChildProcess[] {
  return Array.from({ length: count }, () =>
    spawn(process.execPath, [join(ROOT, 'test', 'soak', 'hog.mjs')], { stdio: 'ignore' }),
  );
}

function finishedIn(reports: string): Finished[] {
  return readEvents(reports).filter((event): event is Finished => event.type === 'case-finished');
}

const didPass = (event: Finished): boolean => event.verdict === 'passed';

async function runBatch(batch: Batch, reports: string, { etcd, jobs }: Options): Promise<number | null> {
  const args = ['run', '--pull', 'never', '--jobs', jobs, '--etcd', etcd.join(','), '--repeat', String(batch.repeat)];
  const running = startCli([...args, '--reports', reports, ...batch.paths], { cwd: process.cwd() });
  const progress = setInterval(() => {
    const ended = finishedIn(reports);
    const red = ended.filter((event) => !didPass(event)).length;
    const load = (loadavg()[0] ?? 0).toFixed(1);
    console.log(`  ${ended.length} of ${batch.cases} cases of this batch, ${red} did not pass; load average ${load}`);
  }, PROGRESS_MS);
  const stop = (): void => void running.child.kill('SIGTERM');
  process.once('SIGTERM', stop);
  const { exitCode, stdout, stderr } = await running.ended;
  process.removeListener('SIGTERM', stop);
  clearInterval(progress);
  if (exitCode === null || exitCode > 1) console.log(`the batch ended with exit code ${exitCode}\n${stderr || stdout}`);
  return exitCode;
}

function printFlake({ case: id, verdict, failure }: Finished, reports: string): void {
  console.log(`\n${id}: ${verdict}`);
  if (!failure) return;
  console.log(`  ${failure.message}`);
  const { step, comparisons, logs } = failure;
  if (step) console.log(`  step ${step.id}: ${step.sentence}, at ${step.place.file}:${step.place.line}`);
  for (const { subject, expected, actual } of comparisons)
    console.log(`  ${subject}: expected ${expected}; actual ${actual}`);
  for (const { file } of logs)
    if (file !== undefined) console.log(`  log: ${join(relative(process.cwd(), reports), file)}`);
}

async function main(options: Options): Promise<number> {
  const begun = Date.now();
  const batches = batchesOf(options.cases, await countable(options));
  const wanted = batches.reduce((sum, { cases }) => sum + cases, 0);
  console.log(
    `${wanted} cases in ${batches.length} batches on ${options.etcd.join(', ')}, ` +
      `beside ${options.hogs} processes that keep a core busy each`,
  );
  rmSync(options.reports, { recursive: true, force: true });
  const hogs = startHogs(options.hogs);
  // Ctrl-C reaches the run as well, which then ends in its own way; the hogs end with this process.
  process.on('SIGINT', () => undefined);
  let [passed, known, worst] = [0, 0, 0];
  const flakes: [Finished, string][] = [];
  try {
    for (const [i, batch] of batches.entries()) {
      const reports = join(options.reports, String(i + 1));
      const exitCode = await runBatch(batch, reports, options);
      const ended = finishedIn(reports);
      passed += ended.filter(didPass).length;
      known += ended.filter((event) => isKnownFailure(event)).length;
      for (const event of ended) if (!didPass(event)) flakes.push([event, reports]);
      worst = Math.max(worst, exitCode ?? 130);
      console.log(`batch ${i + 1} of ${batches.length}: ${passed} of ${wanted} cases passed, ${flakes.length} did not`);
      if (exitCode === 0) rmSync(reports, { recursive: true, force: true });
      else if (exitCode !== 1) break;
    }
  } finally {
    for (const hog of hogs) hog.kill('SIGKILL');
  }
  for (const [event, reports] of flakes) printFlake(event, reports);
  const counts = new Map<string, number>();
  for (const [{ case: id }] of flakes) {
    const file = id.replace(/[[@].*/, '');
    counts.set(file, (counts.get(file) ?? 0) + 1);
  }
  if (counts.size > 0) console.log('\ndid not pass, by scenario:');
  for (const [file, count] of [...counts].toSorted(([, a], [, b]) => b - a)) console.log(`  ${count}  ${file}`);
  const minutes = ((Date.now() - begun) / 60_000).toFixed(1);
  console.log(`\n${passed} passed (${known} as known failures), ${flakes.length} did not, in ${minutes} min`);
  return worst;
}

const options = optionsOf(process.argv.slice(2));
if (!options) console.log(HELP);
else
  main(options).then(
    (exitCode) => (process.exitCode = exitCode),
    (thrown: unknown) => {
      console.error(`soak: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      process.exitCode = 2;
    },
  );
