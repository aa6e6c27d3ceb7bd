/** Drills as text, and as files beside the tests. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatProblems } from '../../src/problems';
import type { Problem } from '../../src/errors';
import { planCases } from '../../src/run/plan';
import { byPlace } from '../../src/scenario/problem-order';
import { loadScenarios, type Loaded } from '../../src/scenario/load';
import type { LoadedStep, Scenario } from '../../src/scenario/scenario';
import { SourceFile } from '../../src/source';

const DEFAULT_ETCD = '3.5.35';
const BESIDE = path.join(__dirname, 'bad');

/** The scenario in a text; with its problems as a failure of the test where there are any. */
export function scenarioOf(text: string, variables: Record<string, string> = {}, file?: string): Scenario {
  const { scenarios, problems } = load(text, variables, file);
  const [scenario] = scenarios;
  if (!scenario) throw new Error(formatProblems(problems));
  return scenario;
}

export function load(text: string, variables: Record<string, string> = {}, file = 'drill.yaml'): Loaded {
  const given = Object.entries(variables).map(
    ([name, value]) => [name, { text: value, typed: true, given: true }] as const,
  );
  // As if it lay beside the bad and the good ones, whose parts are in parts/.
  const source = new SourceFile(file, text, file, path.resolve(BESIDE, file));
  return loadScenarios(source, { variables: new Map(given), cwd: BESIDE });
}

/** A drill with these steps, each a line of YAML or several. */
export function drill(...steps: string[]): string {
  const list = steps.map((step) => `  - ${step.split('\n').join('\n    ')}\n`).join('');
  return `name: A drill\nmembers: 3\nsteps:\n${list}`;
}

/** The errors of a drill: what these fixtures compare, or do not, is beside their point. */
export function problemsIn(text: string, file = 'drill.yaml'): Problem[] {
  return allProblemsIn(text, file).filter(({ severity }) => severity === 'error');
}

/** Every error and warning of a drill: those of its file, else those with the versions that it would run with. */
export function allProblemsIn(text: string, file = 'drill.yaml'): Problem[] {
  const { scenarios, problems } = load(text, {}, file);
  if (scenarios.length === 0) return problems;
  const planned = planCases(scenarios, { etcd: undefined, defaultEtcd: [DEFAULT_ETCD], repeat: 1 });
  return [...problems, ...planned.problems].toSorted(byPlace);
}

/** `line:column message`, one for each problem. */
export function messagesOf(text: string): string[] {
  return problemsIn(text).map(({ place, message }) => `${place.line}:${place.column} ${message}`);
}

/** The value that a step's action gets, nothing having run before it. */
export function boundStep(step: LoadedStep | undefined, results: Record<string, unknown> = {}): string {
  const scope = { results: new Map(Object.entries(results)), skipped: new Set<string>(), repeatIndex: 7 };
  return step?.bind(scope).sentence() ?? 'no step';
}

/** The drills of a folder beside the tests: name and text. */
export function filesIn(folder: string): [name: string, text: string][] {
  const path_ = path.resolve(__dirname, folder);
  return readdirSync(path_, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => [name.replace(/\.yaml$/, ''), readFileSync(path.join(path_, name), 'utf8')]);
}

/** Where a drill that ships lies: what it names is beside it. */
export function shippedAs(name: string): string {
  return path.resolve(__dirname, '../../scenarios', `${name}.yaml`);
}

/** Compares with a file beside the tests; UPDATE_GOLDEN=1 writes it anew. */
export function expectGolden(name: string, actual: string): void {
  const file = path.resolve(__dirname, name);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : `${name} is missing: UPDATE_GOLDEN=1`).toBe(actual);
}
