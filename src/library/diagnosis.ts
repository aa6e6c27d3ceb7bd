/** What `doctor` makes of what it found. Pure: looking is doctor.ts's. */
import { formatBytes } from '../bytes';
import { formatDuration } from '../clock';
import type { FoundRun } from '../cluster/docker/lease';
import { plural } from '../plural';
import { cureOfRun, describeRun } from './left-runs';

export type State = 'ok' | 'warn' | 'fail';

/** One line of the diagnosis. */
export interface Line {
  /** `fail`: no run can work so. */
  state: State;
  what: string;
  finding: string;
  /** What would mend it; for all that is not ok. */
  cure?: string;
}

/** Something that could not be looked at, and why. */
export interface Trouble {
  trouble: string;
  cure?: string;
}

export interface EngineFindings {
  description: string;
  /** Where it answers: a socket's path, or host and port. */
  at: string;
  local: boolean;
  rootless: boolean;
  cpus: number;
  memoryBytes: number;
  /** The engine's clock less ours, in milliseconds. */
  clockAheadMs: number;
  /** Half of how long the question took: the clocks can't be compared closer. */
  clockUncertaintyMs: number;
  /** Where its data is and what is free there; no `freeBytes` where that can't be seen from here. */
  disk: { path: string; freeBytes?: number };
  networks: { used: number; /** As many as its address pools carry. */ most: number };
  /** Runs that have something on the engine; those that are certainly alive are left out. */
  runs: readonly FoundRun[];
  /** The temporary folders that killed runs left on this machine. */
  folders: readonly string[];
}

export interface Findings {
  /** As `process.versions` has it: 20.11.1. */
  node: string;
  engine: EngineFindings | Trouble;
  images: {
    /** A name with or without `{version}`, and who says so: the option, the environment or the configuration. */
    template?: { image: string; by: string };
    pull: 'missing' | 'never';
    /** Versions that the engine has; of a name without `{version}` its name. */
    present: readonly string[];
    /** Versions that a run takes which names none: the configuration's, or the default. */
    wanted: readonly string[];
    /** How many versions could be had beside those, and from where. */
    others: { cache: number; pull: number; build: number };
    /** What could not be looked at. */
    remarks: readonly string[];
  };
  /** The programs that building needs, and which of them are there. */
  tools: Readonly<Record<'bash' | 'go' | 'apt-get' | 'apt-cache' | 'dpkg-deb', boolean>>;
}

const LEAST_NODE = 20;
const GIB = 2 ** 30;
/** etcd allocates 64 MB of log for each member before it writes a byte (etcd's SegmentSizeBytes). */
const LEAST_FREE = 0.5 * GIB;
const LITTLE_FREE = 3 * GIB;
const LITTLE_MEMORY = 2 * GIB;
const CLOCK_APART_MS = 2000;
const POOL_NEARLY_USED = 0.85;

export function diagnose(findings: Findings): Line[] {
  const { engine } = findings;
  const ofEngine = 'trouble' in engine ? [noEngine(engine)] : linesOfEngine(engine);
  return [nodeLine(findings.node), ...ofEngine, imagesLine(findings), buildLine(findings)];
}

/** What it comes to, for people. */
export function verdictOf(lines: readonly Line[]): string {
  const failing = lines.filter(({ state }) => state === 'fail').map(({ what }) => what);
  return failing.length === 0 ? 'drills can run here' : `no drill can run here: ${failing.join(', ')}`;
}

/** True where no run can work. */
export function isHopeless(lines: readonly Line[]): boolean {
  return lines.some(({ state }) => state === 'fail');
}

function nodeLine(version: string): Line {
  if (Number(version.split('.')[0]) >= LEAST_NODE) return { state: 'ok', what: 'node', finding: version };
  return {
    state: 'fail',
    what: 'node',
    finding: `${version} is too old`,
    cure: `install Node.js ${LEAST_NODE} or later`,
  };
}

function noEngine({ trouble, cure }: Trouble): Line {
  return { state: 'fail', what: 'engine', finding: trouble, cure: cure ?? 'start Docker, or set DOCKER_HOST' };
}

function linesOfEngine(engine: EngineFindings): Line[] {
  return [
    engineLine(engine),
    memoryLine(engine),
    diskLine(engine),
    clockLine(engine),
    networksLine(engine),
    ...leftoversLines(engine),
  ];
}

function engineLine({ description, at, local, rootless }: EngineFindings): Line {
  const where = [local ? 'on this machine' : 'on another machine', ...(rootless ? ['rootless'] : [])].join(', ');
  const line = { what: 'engine', finding: `${description} at ${at}, ${where}` };
  if (local) return { state: 'ok', ...line };
  return { state: 'warn', ...line, cure: 'give `run` an address of that machine for ports: --bind ADDRESS' };
}

function memoryLine({ cpus, memoryBytes }: EngineFindings): Line {
  const line = { what: 'cores', finding: `${cpus}, with ${formatBytes(memoryBytes)} of memory` };
  if (memoryBytes >= LITTLE_MEMORY) return { state: 'ok', ...line };
  return { state: 'warn', ...line, cure: 'give the engine more memory, or run one drill at a time: --jobs 1' };
}

function diskLine({ disk: { path, freeBytes } }: EngineFindings): Line {
  if (freeBytes === undefined) return { state: 'ok', what: 'disk', finding: `${path} can't be seen from here` };
  const line = { what: 'disk', finding: `${formatBytes(freeBytes)} free at ${path}` };
  if (freeBytes >= LITTLE_FREE) return { state: 'ok', ...line };
  const cure = 'make room there: `etcd-scenarios clean`, and images that nobody uses';
  return { state: freeBytes < LEAST_FREE ? 'fail' : 'warn', ...line, cure };
}

function clockLine({ clockAheadMs, clockUncertaintyMs }: EngineFindings): Line {
  const apart = Math.abs(clockAheadMs);
  if (apart <= CLOCK_APART_MS + clockUncertaintyMs) return { state: 'ok', what: 'clock', finding: 'as ours' };
  const finding = `the engine's is ${formatDuration(apart)} ${clockAheadMs > 0 ? 'ahead of' : 'behind'} ours`;
  const cure = 'set the clocks (NTP); a virtual machine that slept has to be restarted';
  return { state: 'warn', what: 'clock', finding, cure };
}

function networksLine({ networks: { used, most } }: EngineFindings): Line {
  const line = { what: 'networks', finding: `${used} of the ${most} that the engine's address pools carry` };
  if (used < most * POOL_NEARLY_USED) return { state: 'ok', ...line };
  const cure = '`etcd-scenarios clean`, `docker network prune`, or more `default-address-pools` for the engine';
  return { state: 'warn', ...line, cure };
}

/** One line for all that killed runs left, and one for each run whose resources `clean` leaves alone. */
function leftoversLines({ runs, folders }: EngineFindings): Line[] {
  const dead = runs.filter(({ state }) => state === 'left');
  const others = runs.filter(({ state }) => state !== 'left');
  const line = { state: 'warn', what: 'leftovers' } as const;
  const found = [
    ...dead.map(({ run, resources }) => `${plural(resources.length, 'resource')} of the run ${run}`),
    ...(folders.length > 0 ? [plural(folders.length, 'folder')] : []),
  ];
  const lines: Line[] = [
    ...(found.length > 0 ? [{ ...line, finding: listed(found), cure: '`etcd-scenarios clean` removes them' }] : []),
    ...others.map((one) => ({ ...line, finding: describeRun(one), cure: cureOfRun(one) })),
  ];
  return lines.length > 0 ? lines : [{ state: 'ok', what: 'leftovers', finding: 'none' }];
}

const MOST_LISTED = 3;

function listed(found: readonly string[]): string {
  const more = found.length > MOST_LISTED ? ` and ${found.length - MOST_LISTED} more` : '';
  return `${found.slice(0, MOST_LISTED).join(', ')}${more}`;
}

function imagesLine({ images, engine, tools }: Findings): Line {
  const { template, pull, present, others, remarks } = images;
  const only = template === undefined ? '' : `; only ${template.image} counts (${template.by})`;
  if (present.length > 0) return presentLine(images, only);
  const places = [
    ...(others.cache > 0 ? [`${others.cache} built before`] : []),
    ...(others.pull > 0 ? [`${others.pull} to pull`] : []),
    ...(others.build > 0 && canBuild(tools) ? [`${others.build} to build`] : []),
  ];
  const versions = places.length === 0 ? '' : `; versions: ${places.join(', ')}`;
  if ('trouble' in engine) {
    const finding = `what the engine has can't be told without it${only}${versions}`;
    return { state: 'warn', what: 'images', finding, cure: 'mend the engine first, then ask again' };
  }
  const none = 'the engine has none';
  if (template !== undefined) {
    const cure = `pull or load it, or name another image (${template.by})`;
    return { state: pull === 'never' ? 'fail' : 'warn', what: 'images', finding: `${none}${only}`, cure };
  }
  if (places.length > 0) {
    const cure = '`etcd-scenarios images` makes them available beforehand';
    return { state: 'warn', what: 'images', finding: `${none}${versions}`, cure };
  }
  const why = remarks.length === 0 ? '' : ` (${remarks.join('; ')})`;
  const cure = 'name an image that there is (--image), or install what building needs';
  return { state: 'fail', what: 'images', finding: `${none}, and no version is to be had${why}`, cure };
}

/** What a run takes which names no version is to be there as well. */
function presentLine({ template, present, wanted }: Findings['images'], only: string): Line {
  const line = { what: 'images', finding: `${present.join(', ')}${only}` };
  const isOne = template !== undefined && !template.image.includes('{version}');
  const missing = isOne ? [] : wanted.filter((version) => !present.includes(version));
  if (missing.length === 0) return { state: 'ok', ...line };
  const finding = `${line.finding}; not ${missing.join(', ')}, which \`run\` takes where nobody says a version`;
  const cure = `\`etcd-scenarios images ${missing.join(' ')}\` makes them available, or \`run --etcd\` takes what is there`;
  return { state: 'warn', what: 'images', finding, cure };
}

function canBuild(tools: Findings['tools']): boolean {
  return tools.bash && (tools.go || canUnpack(tools));
}

function canUnpack(tools: Findings['tools']): boolean {
  return tools['apt-get'] && tools['apt-cache'] && tools['dpkg-deb'];
}

function buildLine({ tools, images, engine }: Findings): Line {
  const missing = Object.entries(tools).flatMap(([name, there]) => (there ? [] : [name]));
  const kinds = [...(tools.go ? ['3.5 and later'] : []), ...(canUnpack(tools) ? ['3.3.25, 3.4.23'] : [])];
  const lacks = missing.length === 0 ? '' : ` (no ${missing.join(', ')})`;
  if (canBuild(tools)) return { state: 'ok', what: 'building', finding: `${kinds.join('; ')}${lacks}` };
  const line = { what: 'building', finding: `impossible here${lacks}; not needed for images that are there` };
  // Nothing has to be built where the engine has images; whether it has is not known where it does not answer.
  if (images.present.length > 0 || 'trouble' in engine) return { state: 'ok', ...line };
  return { state: 'warn', ...line, cure: 'install bash and Go, or take images from a registry or a mirror (--image)' };
}
