/**
 * Mutates every scenario that ships, and runs the mutants: `npm run test:mutants -- [PATH…] [OPTION…]`. A mutant is killed
 * where it is refused before anything starts (exit code 2) or goes red (1). One that stays green shows a hole in the
 * verdict, unless `explained.yaml` says why nothing differs.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { EventOf } from '../../src/events';
import { check } from '../../src/library/check';
import { filesUnder, readEvents, ROOT, startCli } from '../cluster/helpers';
import { judge, keyOf, readExplained, type Judged, type Outcome } from './explained';
import { allErrors, mutantsOf, originalOf, selected, type Mutant, type Original } from './generate';

const HELP = `npm run test:mutants -- [PATH…] [OPTION…]

Mutate the scenarios that ship, and run the mutants. Exit code 1 if a mutant stays green without an explanation in
test/mutants/explained.yaml, or if an explanation is stale. PATH is a folder or file below scenarios/.

Options
  --seed TEXT     decides which mutants are chosen (default: 1)
  --others N|all  how many of each scenario, beside every step that is expected to fail although it succeeds (default: 8)
  --grep TEXT     only mutants whose description contains TEXT
  --jobs N        run up to N cases in parallel (default: 4)
  --list          list the mutants, and which of them reading alone refuses; start nothing
  --reports DIR   where reports and members' logs are written (default: reports/mutants)
`;

/** How often progress is printed, in milliseconds. */
const PROGRESS_MS = 20_000;
const SCENARIOS = join(ROOT, 'scenarios');

interface Options {
  paths: string[];
  seed: string;
  others: number;
  grep: string | undefined;
  jobs: string;
  list: boolean;
  reports: string;
}

/** A file that runs: a mutant, or a scenario as it is. */
interface Copy {
  path: string;
  original: Original;
  mutant?: Mutant;
}

function optionsOf(args: string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      others: { type: 'string', default: '8' },
      grep: { type: 'string' },
      jobs: { type: 'string', default: '4' },
      list: { type: 'boolean', default: false },
      reports: { type: 'string', default: 'reports/mutants' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const others = values.others === 'all' ? Infinity : Number(values.others);
  if (Number.isNaN(others)) throw new Error(`--others takes a number or all, not "${values.others}"`);
  return { ...values, others, grep: values.grep, paths: positionals, reports: resolve(values.reports) };
}

/** The scenarios of these files and folders. Throws where a path has none. */
function originalsOf(paths: readonly string[]): Original[] {
  const files = filesUnder(SCENARIOS).filter((file) => file.endsWith('.yaml') && isScenario(file));
  const chosen = paths.length === 0 ? files : paths.flatMap((path) => filesOf(path, files));
  return [...new Set(chosen)].map((file) =>
    originalOf(relative(SCENARIOS, file).replace(/\.yaml$/, ''), readFileSync(file, 'utf8')),
  );
}

function filesOf(path: string, files: readonly string[]): string[] {
  const meant = resolve(path);
  const found = files.filter((file) => file === meant || file.startsWith(`${meant}/`));
  if (found.length === 0) throw new Error(`no scenario that ships in ${path}`);
  return found;
}

/** A part has no name of its own, and is mutated with nobody. */
function isScenario(file: string): boolean {
  return /^name:/m.test(readFileSync(file, 'utf8'));
}

/** Writes the scenarios and the mutants into a folder that has everything else that lies beside the scenarios. */
function writeCopies(folder: string, originals: readonly Original[], mutants: readonly Mutant[]): Copy[] {
  cpSync(SCENARIOS, folder, { recursive: true, filter: (from) => !from.endsWith('.yaml') || !isScenario(from) });
  return originals.flatMap((original) => {
    const own = mutants.filter(({ scenario }) => scenario === original.name);
    const copies: Copy[] = [
      { path: `${original.name}.original.yaml`, original },
      ...own.map((mutant, i) => ({ path: `${original.name}.${i + 1}.yaml`, original, mutant })),
    ];
    for (const { path, mutant } of copies) {
      mkdirSync(resolve(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), (mutant ?? original).text);
    }
    return copies;
  });
}

/** Those that reading alone refuses. */
async function refusedIn(folder: string, copies: readonly Copy[]): Promise<Set<Copy>> {
  const refused = new Set<Copy>();
  for (const copy of copies) {
    const { problems } = await check({ paths: [copy.path], cwd: folder });
    if (problems.some(({ severity }) => severity === 'error')) refused.add(copy);
  }
  return refused;
}

/** Runs the copies in one run of the command line, and tells how far it is. */
async function runCopies(
  folder: string,
  copies: readonly Copy[],
  { jobs, reports }: Options,
): Promise<EventOf<'case-finished'>[]> {
  rmSync(reports, { recursive: true, force: true });
  const args = ['run', '--pull', 'never', '--jobs', jobs, '--reports', reports, ...copies.map(({ path }) => path)];
  const running = startCli(args, { cwd: folder });
  const begun = Date.now();
  const finished = (): EventOf<'case-finished'>[] =>
    readEvents(reports).filter((event): event is EventOf<'case-finished'> => event.type === 'case-finished');
  const progress = setInterval(() => {
    const [ended, minutes] = [finished(), ((Date.now() - begun) / 60_000).toFixed(1)];
    const green = ended.filter(({ verdict }) => verdict === 'passed').length;
    console.log(`  ${ended.length} of ${copies.length} cases, ${green} of them green, after ${minutes} min`);
  }, PROGRESS_MS);
  const stop = (signal: NodeJS.Signals): void => void running.child.kill(signal);
  process.on('SIGTERM', stop);
  // A terminal sends SIGINT to the child as well.
  process.on('SIGINT', () => undefined);
  const { exitCode, stdout, stderr } = await running.ended;
  clearInterval(progress);
  if (exitCode === null || exitCode > 1) console.log(`the run ended with exit code ${exitCode}\n${stderr || stdout}`);
  return finished();
}

const OUTCOMES: Readonly<Record<string, Outcome>> = { passed: 'green', failed: 'red' };

function outcomeOf(copy: Copy, refused: ReadonlySet<Copy>, ended: readonly EventOf<'case-finished'>[]): Outcome {
  if (refused.has(copy)) return 'refused';
  const end = ended.find((event) => event.case.startsWith(`${copy.path}@`) || event.case.startsWith(`${copy.path}[`));
  // One that passes because it fails as it is known to has not noticed the mutation either.
  return (end && OUTCOMES[end.verdict]) ?? 'no verdict';
}

function printTable(copies: readonly Copy[], outcomes: ReadonlyMap<Copy, Outcome>): void {
  console.log('\nmutants  refused  red  green  scenario');
  const ofMutants = copies.filter(({ mutant }) => mutant);
  for (const name of new Set(ofMutants.map(({ original }) => original.name))) {
    const own = ofMutants.filter(({ original }) => original.name === name);
    const count = (outcome: Outcome): number => own.filter((copy) => outcomes.get(copy) === outcome).length;
    const cells = [
      String(own.length).padStart(7),
      String(count('refused')).padStart(7),
      String(count('red')).padStart(3),
    ];
    console.log([...cells, String(count('green')).padStart(5), name].join('  '));
  }
}

function printJudged({ unexplained, explained, stale, without }: Judged, pathOf: (mutant: Mutant) => string): void {
  const list = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0) console.log([`\n${title}`, ...lines.map((line) => `  ${line}`)].join('\n'));
  };
  const told = (mutant: Mutant): string => `${keyOf(mutant)} [${pathOf(mutant)}]`;
  list('green, and explained:', explained.map(keyOf));
  list('green without an explanation:', unexplained.map(told));
  list('explanations of mutants that are not green, or do not exist:', stale);
  list('without a verdict:', without.map(told));
}

async function main(options: Options): Promise<number> {
  const begun = Date.now();
  const originals = originalsOf(options.paths);
  const errors = allErrors(originalsOf([]));
  const all = originals.flatMap((original) => mutantsOf(original, errors, options.seed));
  const chosen = originals.flatMap(({ name }) =>
    selected(
      all.filter(({ scenario }) => scenario === name),
      options.others,
      options.seed,
    ).filter(({ what }) => options.grep === undefined || what.includes(options.grep)),
  );
  const folder = mkdtempSync(join(tmpdir(), 'etcd-scenarios-mutants-'));
  const copies = writeCopies(folder, originals, chosen);
  const refused = await refusedIn(folder, copies);
  const seconds = ((Date.now() - begun) / 1000).toFixed(0);
  console.log(
    `${chosen.length} of ${all.length} mutants of ${originals.length} scenarios (seed ${options.seed}): ` +
      `${refused.size} are refused before anything starts (${seconds} s)`,
  );
  if (options.list) {
    for (const copy of copies)
      if (copy.mutant) console.log(`${refused.has(copy) ? 'refused' : 'runs   '}  ${keyOf(copy.mutant)}`);
    rmSync(folder, { recursive: true });
    return 0;
  }
  const ended = await runCopies(
    folder,
    copies.filter((copy) => !refused.has(copy)),
    options,
  );
  const outcomes = new Map(copies.map((copy) => [copy, outcomeOf(copy, refused, ended)]));
  printTable(copies, outcomes);
  const ofMutants = new Map([...outcomes].flatMap(([{ mutant }, outcome]) => (mutant ? [[mutant, outcome]] : [])));
  const judged = judge(ofMutants, all, readExplained());
  const paths = new Map(copies.flatMap(({ mutant, path }) => (mutant ? [[mutant, path]] : [])));
  printJudged(judged, (mutant) => join(folder, paths.get(mutant) ?? ''));
  const spoiled = copies.filter((copy) => !copy.mutant && outcomes.get(copy) !== 'green');
  for (const { original } of spoiled) console.log(`\n${original.name} is not green itself: its mutants show nothing`);
  const killed = [...ofMutants.values()].filter((outcome) => outcome === 'refused' || outcome === 'red').length;
  const minutes = ((Date.now() - begun) / 60_000).toFixed(1);
  console.log(
    `\n${killed} of ${chosen.length} mutants killed, ${judged.explained.length} green with an explanation, ` +
      `${judged.unexplained.length} without, ${judged.stale.length} explanations stale, in ${minutes} min`,
  );
  if (judged.without.length > 0) return 3;
  const isClean = judged.unexplained.length + judged.stale.length + spoiled.length === 0;
  if (isClean) rmSync(folder, { recursive: true });
  else console.log(`the mutants are in ${folder}, the reports in ${relative(process.cwd(), options.reports)}`);
  return isClean ? 0 : 1;
}

const options = optionsOf(process.argv.slice(2));
if (!options) console.log(HELP);
else
  main(options).then(
    (exitCode) => (process.exitCode = exitCode),
    (thrown: unknown) => {
      console.error(`${basename(__filename)}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      process.exitCode = 2;
    },
  );
