/** From what a person asks for (`3.5`, `>=3.5.21 <3.7`, `latest`) to the versions that are meant. */
import type { Engine } from '../cluster/docker/engine';
import type { Available } from '../cluster/docker/images/available';
import type { ImageOptions } from '../cluster/docker/images/types';
import { formatDuration } from '../clock';
import { UsageError } from '../errors';
import { needsNoLookup, versionsMeant } from '../version-request';
import { isFullVersion } from '../version';

/** What a build takes, about: 15 to 60 s were measured (etcd-binaries.md). */
const BUILD_MS = 30_000;

export interface RequestedVersions {
  /** As `--etcd` has them. */
  etcd?: readonly string[];
  /** As the configuration has them; they count where `etcd` says nothing. */
  defaultEtcd?: readonly string[];
}

export interface LookupOptions {
  /** Finds the engine, where something has to be looked up; left out, what is known without one counts. */
  connect?: () => Promise<Engine['docker']>;
  images: ImageOptions;
  signal: AbortSignal;
  /** Told what is waited for. */
  say?: (message: string) => void;
  /** What `etcd` is called where it is asked for; left out: `--etcd`. */
  what?: string;
}

/** What is asked for as full versions, with what was looked up. Throws UsageError where nothing fits. */
async function resolveRequested(
  { etcd, defaultEtcd }: RequestedVersions,
  { connect, images, signal, what: named = '--etcd' }: LookupOptions,
): Promise<RequestedVersions & { said: string[] }> {
  const requests = etcd ?? defaultEtcd ?? [];
  if (needsNoLookup(requests)) return { etcd, defaultEtcd, said: [] };
  const what = etcd ? named : 'etcd in the configuration:';
  const { versions, said } = await resolveVersions(requests, { what, docker: await connect?.(), images, signal });
  return { ...(etcd ? { etcd: versions } : { defaultEtcd: versions }), said };
}

/**
 * The same for commands that need no engine: what was built before, or could be built here, counts, and no registry is
 * asked.
 */
export function resolveWithoutEngine(
  requested: RequestedVersions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RequestedVersions> {
  const images: ImageOptions = { pull: 'never', cacheDir: env['ETCD_SCENARIOS_CACHE'] || undefined };
  return resolveRequested(requested, { images, signal: new AbortController().signal });
}

/** The same where an engine has to answer; it is connected to only where something has to be looked up. */
export function resolveWithEngine(
  requested: RequestedVersions,
  options: Omit<LookupOptions, 'connect'>,
): Promise<RequestedVersions & { said: string[] }> {
  const connect = async (): Promise<Engine['docker']> =>
    (await (await import('../cluster/docker/engine')).connectEngine(options)).docker;
  return resolveRequested(requested, { ...options, connect });
}

export interface ResolveOptions {
  /** Whether it was the command line or the configuration that asked: for messages. */
  what: string;
  /** Left out: only what is known without an engine counts. */
  docker?: Engine['docker'];
  images: ImageOptions;
  signal: AbortSignal;
}

export interface Resolved {
  versions: string[];
  /** What each request came to, for people: `--etcd 3.5: 3.5.35`. */
  said: string[];
}

/** The versions that are meant, each once, in the order of the requests. Throws UsageError where nothing fits. */
export async function resolveVersions(requests: readonly string[], options: ResolveOptions): Promise<Resolved> {
  if (needsNoLookup(requests)) return { versions: [...new Set(requests.map((one) => one.trim()))], said: [] };
  const { availableVersions } = await import('../cluster/docker/images/available');
  const available = await availableVersions(options.docker, options.images, options.signal);
  return meant(requests, available, options.what);
}

/** The versions among those that there are. */
export function meant(requests: readonly string[], available: Available, what: string): Resolved {
  const known = available.versions.map(({ version }) => version);
  const versions = new Set<string>();
  const said: string[] = [];
  for (const request of requests) {
    const found = versionsMeant(request, known);
    if (found.length === 0) throw new UsageError(nothingFits(request, available, what));
    found.forEach((version) => versions.add(version));
    if (!isFullVersion(request.trim())) said.push(`${what} ${request}: ${found.join(', ')}${costOf(found, available)}`);
  }
  return { versions: [...versions], said };
}

/** What has to be built first, and how long that takes about; nothing where all is there. */
function costOf(versions: readonly string[], available: Available): string {
  const origins = new Map(available.versions.map(({ version, from }) => [version, from[0]?.origin]));
  const builds = versions.filter((version) => origins.get(version) === 'build').length;
  if (builds === 0) return '';
  const all = versions.length === 1 ? 'it' : builds === versions.length ? 'all of them' : `${builds} of them`;
  return ` (${all} must be built first: about ${formatDuration(builds * BUILD_MS)})`;
}

function nothingFits(request: string, { versions, remarks }: Available, what: string): string {
  const there =
    versions.length === 0 ? 'there is none at all' : `there are ${shortList(versions.map((one) => one.version))}`;
  const but = remarks.length === 0 ? '' : `\n  ${remarks.join('\n  ')}`;
  return `${what} ${request}: no version of etcd that is to be had here fits; ${there} (\`etcd-scenarios images --list\`)${but}`;
}

function shortList(versions: readonly string[]): string {
  const most = 40;
  return versions.length <= most ? versions.join(', ') : `${versions.slice(-most).join(', ')} and older ones`;
}
