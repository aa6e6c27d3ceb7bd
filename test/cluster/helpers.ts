/** What the tests on real containers share: drills as text, runs of the library and of the command line, the engine. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type Dockerode from 'dockerode';
import { connectEngine } from '../../src/cluster/docker/engine';
import type { Comparison } from '../../src/errors';
import { isKnownFailure, type EventOf, type EventType, type Failure, type RunEvent } from '../../src/events';
import { run, type RunRequest, type RunResult } from '../../src/index';

export const ROOT = join(__dirname, '..', '..');
/** One version of every line, as setup makes them available. */
export const VERSIONS = ['3.3.25', '3.4.23', '3.5.35', '3.6.16', '3.7.3'];
export const ETCD = '3.5.35';

/** A folder that is gone when the tests of the file are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'etcd-scenarios-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A drill's file: its top-level keys as YAML lines, then its steps. */
export interface Drill {
  /** One member where nothing is said. */
  members?: number;
  /** Further top-level lines: `etcd: 3.3.25`, `flags: {…}`. */
  top?: string;
  steps: string;
  /** The steps of `finally`. */
  last?: string;
}

/** The text of a drill. Steps may be indented as the test likes; the first line decides. */
export function yamlOf(name: string, { members = 1, top = '', steps, last }: Drill): string {
  const final = last === undefined ? '' : `finally:\n${outdent(last)}\n`;
  return `name: ${JSON.stringify(name)}\nmembers: ${members}\n${outdent(top)}\nsteps:\n${outdent(steps)}\n${final}`;
}

function outdent(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const margin = /^ */.exec(lines[0] ?? '')?.[0].length ?? 0;
  return lines.map((line) => line.slice(Math.min(margin, line.length - line.trimStart().length))).join('\n');
}

/** One case of a run, seen from its events. */
export class Case {
  constructor(
    readonly id: string,
    readonly yaml: string,
    readonly all: readonly RunEvent[],
  ) {}

  events<T extends EventType>(type: T): EventOf<T>[] {
    return this.all.filter((event): event is EventOf<T> => event.type === type);
  }

  get finished(): EventOf<'case-finished'> {
    const [event] = this.events('case-finished');
    if (!event) throw new Error(`${this.id} did not finish`);
    return event;
  }

  get verdict(): string {
    return this.finished.verdict;
  }

  /** The first failure; an error where there is none. */
  get failure(): Failure {
    const { failure } = this.finished;
    if (!failure) throw new Error(`${this.id} passed, although it had to fail`);
    return failure;
  }

  /** The finished step of this id: the last one, where a block ran it several times. */
  step(id: string): EventOf<'step-finished'> {
    const found = this.events('step-finished').findLast(({ step }) => step.id === id);
    if (!found) throw new Error(`${this.id} has no finished step ${id}`);
    return found;
  }

  /** The number of the line that holds this text. */
  lineOf(text: string): number {
    const at = this.yaml.split('\n').findIndex((line) => line.includes(text));
    if (at === -1) throw new Error(`${this.id} has no line with ${text}`);
    return at + 1;
  }
}

export interface DrillRun {
  result: RunResult;
  events: RunEvent[];
  /** The case of a drill; of one version, where it ran with several; of one combination of its matrix: `[x=1]`. */
  case(name: string, version?: string, combination?: string): Case;
}

type Options = Omit<Partial<RunRequest>, 'paths' | 'cwd' | 'reports' | 'reporters'> & {
  onEvent?: (event: RunEvent) => void;
  /** Further files: path relative to the drills' folder, and text. */
  files?: Readonly<Record<string, string>>;
};

/**
 * Runs drills side by side in one run of the library, with reports in a folder of their own. Names become file names.
 */
export async function runDrills(drills: Readonly<Record<string, string>>, options: Options = {}): Promise<DrillRun> {
  const { onEvent, files: others = {}, ...request } = options;
  const folder = mkdtempSync(join(tmpdir(), 'etcd-scenarios-test-'));
  const reports = join(folder, 'reports');
  const files = new Map(
    Object.entries(drills).map(([name, yaml], i) => [name, { yaml, path: `drills/${i + 1}.yaml` }]),
  );
  for (const { yaml, path } of files.values()) write(join(folder, path), yaml);
  for (const [path, text] of Object.entries(others)) write(join(folder, 'drills', path), text);
  const events: RunEvent[] = [];
  const collector = { name: 'test', event: (event: RunEvent) => (events.push(event), onEvent?.(event)) };
  const result = await run({
    jobs: 6,
    images: { pull: 'never' },
    ...request,
    paths: ['drills'],
    cwd: folder,
    reports,
    reporters: [collector],
  });
  rmSync(folder, { recursive: true, force: true });
  return {
    result,
    events,
    case(name, version, combination = '') {
      const file = files.get(name);
      if (!file) throw new Error(`no drill "${name}"`);
      const mine = (id: string): boolean => id.startsWith(`${file.path}${combination}@${version ?? ''}`);
      const about = events.filter((event) => 'case' in event && mine(event.case));
      const [first] = about;
      return new Case(first && 'case' in first ? first.case : file.path, file.yaml, about);
    },
  };
}

/** Runs one drill. */
export async function runDrill(yaml: string, options: Options = {}): Promise<Case> {
  return (await runDrills({ drill: yaml }, options)).case('drill');
}

/** Comparisons on one line each, for messages that a person reads. */
export function told(comparisons: readonly Comparison[]): string[] {
  return comparisons.map(({ subject, expected, actual }) => `${subject}: expected ${expected}; actual ${actual}`);
}

export function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

export interface Answer {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** Both outputs so far. */
  output(): string;
  ended: Promise<Answer>;
}

export interface SpawnOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** What the program is started with: `nsenter …`. */
  prefix?: readonly string[];
}

/** Starts the built command line. */
export function startCli(args: readonly string[], { cwd, env, prefix = [] }: SpawnOptions): Running {
  refuseStaleBuild();
  const [program = '', ...rest] = [...prefix, process.execPath, join(ROOT, 'dist', 'cli', 'main.js'), ...args];
  return follow(spawn(program, rest, { cwd, env: plainEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Runs the built command line to its end. */
export function cli(args: readonly string[], options: SpawnOptions): Promise<Answer> {
  return startCli(args, options).ended;
}

/** Starts any program. `detached`: with a process group of its own, as a terminal gives it. */
export function startProgram(
  command: string,
  args: readonly string[],
  { cwd, env, detached }: { cwd?: string; env?: NodeJS.ProcessEnv; detached?: boolean } = {},
): Running {
  return follow(spawn(command, args, { cwd, env: plainEnvironment(env), detached, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Runs any program to its end. */
export function execute(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Answer> {
  return startProgram(command, args, options).ended;
}

function follow(child: ChildProcess): Running {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Answer>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
  return { child, output: () => stdout + stderr, ended };
}

/** The environment without what a CI or jest sets, which would change the output. */
function plainEnvironment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const dropped = ['CI', 'GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY', 'FORCE_COLOR'];
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.includes(name))), ...env };
}

let buildIsFresh = false;

/** The command line is tested as it is built: an old build would test yesterday's. */
export function refuseStaleBuild(): void {
  if (buildIsFresh) return;
  const entry = join(ROOT, 'dist', 'cli', 'main.js');
  const built = existsSync(entry) ? statSync(entry).mtimeMs : 0;
  const newer = filesUnder(join(ROOT, 'src')).find((file) => statSync(file).mtimeMs > built);
  if (newer !== undefined) throw new Error(`dist is older than ${newer}: npm run build`);
  buildIsFresh = true;
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Looks until something is found; fails, saying what was waited for, when time runs out. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 40_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The names of the containers, networks and volumes with this label (`etcd-scenarios.run=…`). */
export async function labelled(label: string, docker?: Dockerode): Promise<string[]> {
  const engine = docker ?? (await connectEngine()).docker;
  const filters = { label: [label] };
  const [containers, networks, volumes] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    engine.listNetworks({ filters }),
    engine.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Names }) => `container ${Names[0]}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...volumes.Volumes.map(({ Name }) => `volume ${Name}`),
  ];
}

/** The events that a run has written so far. */
export function readEvents(reports: string): RunEvent[] {
  const path = join(reports, 'events.ndjson');
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  // The last line may be half written.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RunEvent);
}

/** What is wrong with a run's stream of events; empty where all of it fits together. */
export function inconsistencies(events: readonly RunEvent[]): string[] {
  const wrong: string[] = [];
  const [first] = events;
  const last = events.at(-1);
  if (first?.type !== 'run-started') wrong.push('the first event is no run-started');
  if (last?.type !== 'run-finished') wrong.push('the last event is no run-finished');
  events.forEach(({ seq, run: id }, i) => {
    if (seq !== i + 1) wrong.push(`event ${i + 1} has the number ${seq}`);
    if (id !== first?.run) wrong.push(`event ${seq} is of the run ${id}`);
  });
  if (first?.type !== 'run-started' || last?.type !== 'run-finished') return wrong;
  const counts: Record<string, number> = { passed: 0, failed: 0, error: 0, interrupted: 0, skipped: 0 };
  for (const { id } of first.cases) wrong.push(...caseInconsistencies(id, events, counts));
  for (const [verdict, count] of Object.entries(last.counts)) {
    if (counts[verdict] !== count) wrong.push(`${count} ${verdict} are counted, and ${counts[verdict]} are told of`);
  }
  return wrong;
}

function caseInconsistencies(id: string, events: readonly RunEvent[], counts: Record<string, number>): string[] {
  const wrong: string[] = [];
  const mine = events.filter((event) => 'case' in event && event.case === id);
  const types = mine.map(({ type }) => type);
  const ends = mine.filter((event) => event.type === 'case-finished' || event.type === 'case-skipped');
  const [end] = ends;
  if (!end || ends.length > 1) return [`${id} has ${ends.length} ends`];
  const verdict = end.type === 'case-finished' ? end.verdict : 'skipped';
  counts[verdict] = (counts[verdict] ?? 0) + 1;
  const known = isKnownFailure(end);
  if (known) counts['known'] = (counts['known'] ?? 0) + 1;
  if (end.type === 'case-skipped') return mine.length === 1 ? [] : [`${id} was skipped and ran`];
  if (types[0] !== 'case-started') wrong.push(`${id} begins with ${types[0]}`);
  if (types.at(-1) !== 'case-finished') wrong.push(`${id} ends with ${types.at(-1)}`);
  const open = new Map<string, number>();
  for (const event of mine) {
    if (event.type === 'step-started') open.set(event.step.id, (open.get(event.step.id) ?? 0) + 1);
    if (event.type !== 'step-finished' || event.status === 'skipped') continue;
    const left = (open.get(event.step.id) ?? 0) - 1;
    if (left < 0) wrong.push(`${id}: step ${event.step.id} finished without having started`);
    open.set(event.step.id, left);
  }
  for (const [step, left] of open) if (left > 0) wrong.push(`${id}: step ${step} started and never finished`);
  const statuses = mine.flatMap((event) => (event.type === 'step-finished' && !event.excused ? [event.status] : []));
  if (verdict === 'passed' && !known && statuses.some((status) => status === 'failed'))
    wrong.push(`${id} passed with a red step`);
  const wasToFail = end.failure?.message.startsWith('it is known to fail') ?? false;
  if (verdict === 'failed' && !wasToFail && !statuses.some((status) => status === 'failed'))
    wrong.push(`${id} failed without one`);
  return wrong;
}
