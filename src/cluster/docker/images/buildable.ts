/** The versions that `images/build-etcd.sh` can build on this machine. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { EnvironmentError } from '../../../errors';

const LOOK_MS = 20_000;
/** As images/build-etcd.sh has them; etcd-binaries.md. */
const DEBIAN = ['3.3.25', '3.4.23'];
const DEBIAN_TOOLS = ['apt-get', 'apt-cache', 'dpkg-deb'];
/** A version counts where all three programs were published: for a few only the server was. */
const MODULES = ['server', 'etcdctl', 'etcdutl'].map((name) => `go.etcd.io/etcd/${name}/v3`);

export interface Buildable {
  version: string;
  what: string;
}

/** Throws EnvironmentError where neither Go's modules nor Debian's packages can be had here. */
export async function buildable(signal: AbortSignal): Promise<Buildable[]> {
  const [debian, go] = await Promise.all([fromDebian(signal), fromGo(signal)]);
  signal.throwIfAborted();
  if (debian.length === 0 && typeof go === 'string') throw new EnvironmentError(go);
  return [...debian, ...(typeof go === 'string' ? [] : go)];
}

async function fromDebian(signal: AbortSignal): Promise<Buildable[]> {
  const there = await Promise.all(DEBIAN_TOOLS.map((tool) => answers(tool, ['--version'], signal)));
  if (there.some((answer) => typeof answer !== 'object')) return [];
  return DEBIAN.map((version) => ({ version, what: 'Debian’s packages' }));
}

/** The versions of etcd's Go modules, or why they can't be told. */
async function fromGo(signal: AbortSignal): Promise<Buildable[] | string> {
  const list = await answers('go', ['list', '-m', '-versions', ...MODULES], signal);
  if (typeof list === 'string') return `etcd's Go modules can't be listed: ${list}`;
  const { all, some } = listedVersions(list.stdout);
  const rest = await alsoPublished(some, signal);
  return [...all, ...rest].map((version) => ({ version, what: 'Go modules' }));
}

/** From the lines of `go list -m -versions`: what every module lists, and what only some do; no pre-releases. */
export function listedVersions(listed: string): { all: string[]; some: string[] } {
  const lines = listed.split('\n');
  const lists = MODULES.map((module) => {
    const line = lines.find((one) => one.startsWith(`${module} `)) ?? '';
    return [...line.matchAll(/ v(\d+\.\d+\.\d+)(?= |$)/g)].map(([, version = '']) => version);
  });
  const known = [...new Set(lists.flat())];
  const everywhere = (version: string): boolean => lists.every((list) => list.includes(version));
  return { all: known.filter(everywhere), some: known.filter((version) => !everywhere(version)) };
}

/** A proxy's list may lack what it has all the same (etcdctl 3.5.16, 3.5.21, 3.6.4): those are asked for by name. */
async function alsoPublished(versions: readonly string[], signal: AbortSignal): Promise<string[]> {
  if (versions.length === 0) return [];
  const wanted = versions.flatMap((version) => MODULES.map((module) => `${module}@v${version}`));
  const format = '{{if not .Error}}{{.Path}}@{{.Version}}{{end}}';
  const answer = await answers('go', ['list', '-m', '-e', '-f', format, ...wanted], signal);
  const found = new Set(typeof answer === 'string' ? [] : answer.stdout.split('\n'));
  return versions.filter((version) => MODULES.every((module) => found.has(`${module}@v${version}`)));
}

function answers(program: string, args: string[], signal: AbortSignal): Promise<{ stdout: string } | string> {
  const env = { ...process.env, GO111MODULE: 'on', GOWORK: 'off', GOFLAGS: '-mod=mod' };
  return new Promise((settle) => {
    execFile(program, args, { env, signal, timeout: LOOK_MS, cwd: tmpdir() }, (error, stdout, stderr) => {
      if (error === null) return settle({ stdout });
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        return settle(`there is no \`${program}\` on this machine`);
      if (error.killed) return settle(`\`${program}\` did not answer within ${LOOK_MS / 1000} s`);
      settle(stderr.trim().split('\n').at(-1) ?? error.message);
    });
  });
}
