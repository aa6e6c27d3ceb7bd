/** Between which two versions of etcd does a drill's verdict change? */
import { connectEngine } from '../cluster/docker/engine';
import { availableVersions } from '../cluster/docker/images/available';
import type { ImageOptions } from '../cluster/docker/images';
import { Interrupted, ScenarioError, UsageError } from '../errors';
import type { Failure, Reporter, RunEvent } from '../events';
import { compareVersions, minorOf } from '../version';
import { nearest } from '../match';
import { readDrills } from './load';
import { halve, type Halved, type Judgement } from './halving';
import { run, type RunRequest } from './run';

export interface BisectRequest extends Omit<RunRequest, 'reports' | 'reporters' | 'images'> {
  good: string;
  bad: string;
  /** The variable that the versions go to; left out, it is the version that the drill runs with. */
  over?: string;
  images: ImageOptions;
  /** The reports folder of one try, and who else listens. */
  reportsOf: (version: string) => string;
  reportersOf: (version: string) => Reporter[];
  /** Told of each try, and of what is about to be done. */
  onTry: (tried: TriedVersion) => void;
  say: (message: string) => void;
}

export interface TriedVersion {
  value: string;
  judgement: Judgement;
  /** How many of the runs failed, and how many there were. */
  failed: number;
  runs: number;
  durationMs: number;
  /** Why it can't be tested. */
  why?: string;
  failure?: Failure;
  reports: string;
}

export interface Bisected {
  /** What could be tried, from the good end to the bad one. */
  candidates: string[];
  /** In the order that they were tried. */
  tried: TriedVersion[];
  outcome: Halved<TriedVersion>;
}

/**
 * Tries both ends, then halves what is to be had between them. Throws UsageError where there is nothing to halve, and
 * what `run` throws.
 */
export async function bisect(given: BisectRequest): Promise<Bisected> {
  const request = { ...given, say: onceEach(given.say) };
  const { good, bad } = request;
  if (compareVersions(good, bad) === 0) throw new UsageError(`--good and --bad are both ${good}`);
  refuseBefore(request);
  const candidates = await candidatesOf(request);
  request.say(`${candidates.length} versions from ${good} (good) to ${bad} (bad): ${candidates.join(', ')}`);
  const tried: TriedVersion[] = [];
  const outcome = await halve(candidates, async (value) => {
    const one = await tryVersion(value, value === good || value === bad, request);
    tried.push(one);
    request.onTry(one);
    return one;
  });
  return { candidates, tried, outcome };
}

/** What every try says, such as where the drill comes from, is said once. */
function onceEach(say: (message: string) => void): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (!said.has(message)) say(message);
    said.add(message);
  };
}

/** What is wrong whatever the version is told before the engine is asked for any. */
function refuseBefore({ over, ...request }: BisectRequest): void {
  const { scenarios } = readDrills(request);
  const files = new Set(scenarios.map(({ place }) => place.file));
  if (files.size > 1)
    throw new UsageError(`bisect is of one drill, and there are ${files.size}: ${[...files].join(', ')}`);
  const names = new Set(scenarios.flatMap((one) => one.variables));
  if (over === undefined || names.has(over) || scenarios.length === 0) return;
  const near = nearest(over, names);
  const guess = near === undefined ? `it has ${[...names].join(', ') || 'none'}` : `did you mean ${near}?`;
  throw new UsageError(`--over ${over}: the drill has no variable of this name; ${guess}`);
}

/** All that is to be had between the ends: of their line, or of all lines from one to the other. */
async function candidatesOf({ good, bad, images, signal, say }: BisectRequest): Promise<string[]> {
  const { docker } = await connectEngine({ signal, say });
  const { versions } = await availableVersions(docker, images, signal ?? new AbortController().signal);
  const [oldest = good, newest = bad] = [good, bad].toSorted(compareVersions);
  const between = versions.flatMap(({ version }) => {
    const inside = compareVersions(version, oldest) > 0 && compareVersions(version, newest) < 0;
    return inside && !version.includes('-') ? version : [];
  });
  const sameLine = minorOf(good) === minorOf(bad);
  const upwards = [oldest, ...between.filter((version) => !sameLine || minorOf(version) === minorOf(good)), newest];
  return oldest === good ? upwards : upwards.toReversed();
}

async function tryVersion(value: string, isEnd: boolean, request: BisectRequest): Promise<TriedVersion> {
  const reports = request.reportsOf(value);
  const began = Date.now();
  const skips: string[] = [];
  const listener: Reporter = {
    name: 'bisect',
    event(event: RunEvent) {
      if (event.type === 'case-skipped') skips.push(event.reason);
      // A build takes its time: nobody should wonder what is going on.
      if (event.type === 'progress') request.say(`  ${event.message}`);
    },
  };
  const { over, variables, etcd } = request;
  const versions = over === undefined ? { etcd: [value], probe: true } : { etcd, probe: true };
  try {
    const { cases, exitCode } = await run({
      ...request,
      ...versions,
      variables: over === undefined ? variables : { ...variables, [over]: value },
      reports,
      reporters: [listener, ...request.reportersOf(value)],
    });
    if (exitCode === 130) throw new Interrupted('interrupted');
    const failed = cases.filter(({ verdict }) => verdict === 'failed');
    const broken = cases.find(({ verdict }) => verdict === 'error');
    const rest = { value, failed: failed.length, runs: cases.length, durationMs: Date.now() - began, reports };
    const [first] = failed;
    if (first) return { ...rest, judgement: 'bad', failure: first.failure ?? first.further[0] };
    if (broken) return { ...rest, judgement: 'untestable', why: broken.failure?.message ?? 'the environment broke' };
    if (cases.length === 0) return { ...rest, judgement: 'untestable', why: skips[0] ?? 'nothing ran' };
    return { ...rest, judgement: 'good' };
  } catch (thrown) {
    // A drill that can't be written for this version, such as one with a flag that it lacks.
    if (!(thrown instanceof ScenarioError) || isEnd) throw thrown;
    const why = thrown.problems[0]?.message ?? thrown.message;
    return { value, judgement: 'untestable', failed: 0, runs: 0, durationMs: Date.now() - began, why, reports };
  }
}
