import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Dockerode from 'dockerode';
import { extract, type Header } from 'tar-stream';
import { ensureImage, type ImageOptions, type ImageRef } from '../src/cluster/docker/images';
import { defaultCacheDir } from '../src/cluster/docker/images/cache';
import { LABEL, ownerLabels } from '../src/cluster/docker/labels';
import { EnvironmentError } from '../src/errors';

const ROOT = resolve(__dirname, '..');
const BUILT = 'localhost/etcd:3.5.35';
const GCR = 'gcr.io/etcd-development/etcd:v3.5.35';
const QUAY = 'quay.io/coreos/etcd:v3.5.35';
const hasProc = existsSync('/proc/self/stat');

let folder: string;
let cacheDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'images-test-'));
  cacheDir = join(folder, 'cache');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An engine that knows images by name only. */
class FakeEngine {
  readonly pulls: string[] = [];
  imported: Header[] = [];
  changes: string[] = [];
  registry = new Set<string>();

  constructor(readonly images = new Set<string>()) {}

  version = async (): Promise<{ Arch: string }> => ({ Arch: 'amd64' });

  getImage = (reference: string): { inspect: () => Promise<object> } => ({
    inspect: async () => {
      if (this.images.has(reference)) return {};
      throw Object.assign(new Error(`no such image: ${reference}`), { statusCode: 404 });
    },
  });

  pull = async (reference: string): Promise<Readable> => {
    this.pulls.push(reference);
    if (!this.registry.has(reference)) {
      return Readable.from(['{"status":"Pulling"}\n{"err', 'or":"manifest unknown"}\n']);
    }
    this.images.add(reference);
    return Readable.from(['{"status":"Downloading","id":"a","progressDetail":{"current":1,"total":2}}\n']);
  };

  importImage = async (body: Readable, options: { repo: string; tag: string; changes: string[] }) => {
    const entries = extract();
    entries.on('entry', (header, stream, next) => {
      this.imported.push(header);
      stream.on('end', next).resume();
    });
    await pipeline(body, entries);
    this.changes = options.changes;
    this.images.add(`${options.repo}:${options.tag}`);
    return Readable.from(['{"status":"sha256:0"}\n']);
  };
}

interface Attempt {
  options?: Partial<ImageOptions>;
  version?: string;
  signal?: AbortSignal;
  script?: string;
  progress?: (message: string) => void;
}

function ensure(engine: FakeEngine, attempt: Attempt = {}): Promise<ImageRef> {
  return ensureImage(
    engine as unknown as Dockerode,
    attempt.version ?? '3.5.35',
    { pull: 'never', cacheDir, ...attempt.options },
    attempt.progress ?? (() => undefined),
    attempt.signal ?? new AbortController().signal,
    attempt.script ?? fakeScript(),
  );
}

/** A builder that notes each of its runs. */
function fakeScript(extra = ''): string {
  const script = join(folder, 'build.sh');
  writeFileSync(
    script,
    `set -eu
echo "$1 $ETCD_SCENARIOS_GOARCH" >> ${folder}/builds
echo "compiling etcd (1 of 1) …" >&2
${extra}
mkdir -p "$2/usr/local/bin" "$2/tmp"
chmod 1777 "$2/tmp"
echo "etcd $1" > "$2/usr/local/bin/etcd"
chmod 755 "$2/usr/local/bin/etcd"
`,
  );
  return script;
}

function builds(): string[] {
  const file = join(folder, 'builds');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function failureOf(promise: Promise<unknown>): Promise<EnvironmentError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(EnvironmentError);
  return thrown as EnvironmentError;
}

describe('the order in which an image is looked for', () => {
  test('an official image that the engine has comes before one that was built', async () => {
    expect(await ensure(new FakeEngine(new Set([BUILT, QUAY])))).toEqual({
      version: '3.5.35',
      reference: QUAY,
      from: 'present',
    });
    expect((await ensure(new FakeEngine(new Set([BUILT])))).reference).toBe(BUILT);
    expect(builds()).toEqual([]);
  });

  test('the image that the user names comes before all, with the version put in', async () => {
    const engine = new FakeEngine(new Set([BUILT, 'mine:5000/etcd:3.5.35-x', 'one']));
    const named = await ensure(engine, { options: { image: 'mine:5000/etcd:{version}-x' } });
    expect(named).toEqual({ version: '3.5.35', reference: 'mine:5000/etcd:3.5.35-x', from: 'given' });
    expect((await ensure(engine, { options: { image: 'one' } })).reference).toBe('one');
  });

  test('an image that the user names is pulled when it is not there, unless pulling is forbidden', async () => {
    const engine = new FakeEngine();
    engine.registry.add('mine:v3.5.35');
    const forbidden = await failureOf(ensure(engine, { options: { image: 'mine:v{version}' } }));
    expect(forbidden.message).toContain('--image');
    expect(forbidden.cure).toContain('docker pull mine:v3.5.35');
    expect(engine.pulls).toEqual([]);
    const pulled = await ensure(engine, { options: { image: 'mine:v{version}', pull: 'missing' } });
    expect(pulled).toMatchObject({ reference: 'mine:v3.5.35', from: 'given' });
  });

  test('an official image is pulled before anything is built', async () => {
    const engine = new FakeEngine();
    engine.registry.add(QUAY);
    expect(await ensure(engine, { options: { pull: 'missing' } })).toMatchObject({ reference: QUAY, from: 'pull' });
    expect(engine.pulls).toEqual([GCR, QUAY]);
    expect(builds()).toEqual([]);
    expect(existsSync(cacheDir)).toBe(false);
  });

  test('a pull that fails goes on to the build, and where pulling is forbidden no registry is asked', async () => {
    const engine = new FakeEngine();
    expect(await ensure(engine, { options: { pull: 'missing' } })).toMatchObject({ reference: BUILT, from: 'build' });
    expect(engine.pulls).toEqual([GCR, QUAY]);
    const secluded = new FakeEngine();
    await ensure(secluded, { version: '3.6.16' });
    expect(secluded.pulls).toEqual([]);
  });

  test('when neither pull nor build succeeds the error names both and says what to do', async () => {
    const script = fakeScript('echo "build-etcd: there is no go" >&2; exit 3');
    const failure = await failureOf(ensure(new FakeEngine(), { options: { pull: 'missing' }, script }));
    expect(failure.message).toContain(`${GCR} cannot be pulled: manifest unknown`);
    expect(failure.message).toContain('etcd 3.5.35 cannot be built: there is no go');
    expect(failure.cure).toContain('--image');
  });

  test('a registry that cannot be reached is asked once per engine, and the reason is repeated', async () => {
    const engine = new FakeEngine();
    engine.pull = async (reference) => {
      engine.pulls.push(reference);
      throw Object.assign(new Error('(HTTP code 500) server error - dial tcp: no such host'), { statusCode: 500 });
    };
    const script = fakeScript('exit 1');
    await failureOf(ensure(engine, { options: { pull: 'missing' }, script }));
    const second = await failureOf(ensure(engine, { version: '3.6.16', options: { pull: 'missing' }, script }));
    expect(engine.pulls).toEqual([GCR, QUAY]);
    expect(second.message).toContain('v3.6.16 cannot be pulled: server error - dial tcp: no such host');
  });
});

describe('the build and its cache', () => {
  test('a build is imported with its modes, owned by root, and kept for the next engine', async () => {
    const said: string[] = [];
    const engine = new FakeEngine();
    expect(await ensure(engine, { progress: (message) => said.push(message) })).toMatchObject({ from: 'build' });
    expect(said).toContain('compiling etcd (1 of 1) …');
    expect(engine.changes).toEqual(['ENV PATH=/usr/local/bin']);
    expect(engine.imported.map(({ name, mode, uid }) => [name, mode?.toString(8), uid])).toEqual([
      ['tmp', '1777', 0],
      ['usr', '755', 0],
      ['usr/local', '755', 0],
      ['usr/local/bin', '755', 0],
      ['usr/local/bin/etcd', '755', 0],
    ]);
    expect(await ensure(new FakeEngine())).toMatchObject({ reference: BUILT, from: 'cache' });
    expect(builds()).toEqual(['3.5.35 amd64']);
  });

  test('nothing but the tar and its checksum is left in the cache', async () => {
    await ensure(new FakeEngine());
    const stem = 'etcd-3.5.35-linux-amd64.tar';
    expect(readdirSync(cacheDir).sort()).toEqual([stem, `${stem}.sha256`]);
  });

  test.each([
    ['the tar is cut short', (tar: string) => writeFileSync(tar, readFileSync(tar).subarray(0, 700))],
    ['the checksum is missing', (tar: string) => rmSync(`${tar}.sha256`)],
    ['the tar is missing', (tar: string) => rmSync(tar)],
  ])('a damaged cache entry is built again: %s', async (_, damage) => {
    await ensure(new FakeEngine());
    damage(join(cacheDir, 'etcd-3.5.35-linux-amd64.tar'));
    expect(await ensure(new FakeEngine())).toMatchObject({ from: 'build' });
    expect(await ensure(new FakeEngine())).toMatchObject({ from: 'cache' });
    expect(builds()).toHaveLength(2);
  });

  test('a build that fails leaves nothing behind, and the next one starts afresh', async () => {
    const failure = await failureOf(ensure(new FakeEngine(), { script: fakeScript('mkdir "$2"; exit 7') }));
    expect(failure.message).toBe('etcd 3.5.35 cannot be built: the script ended with code 7');
    expect(readdirSync(cacheDir)).toEqual([]);
    expect(await ensure(new FakeEngine())).toMatchObject({ from: 'build' });
  });

  test('a cache folder that cannot be made is the environment’s trouble and names the variable', async () => {
    writeFileSync(join(folder, 'file'), '');
    const failure = await failureOf(ensure(new FakeEngine(), { options: { cacheDir: join(folder, 'file', 'cache') } }));
    expect(failure.cure).toContain('ETCD_SCENARIOS_CACHE');
  });

  test('the cache lies where the environment says', () => {
    expect(defaultCacheDir({ ETCD_SCENARIOS_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
    expect(defaultCacheDir({ XDG_CACHE_HOME: '/b' })).toBe('/b/etcd-scenarios');
    expect(defaultCacheDir({})).toMatch(/\/\.cache\/etcd-scenarios$/);
  });
});

describe('two runs at once', () => {
  /** ensureImage in a process of its own; its engine remembers its images as files in a folder that both share. */
  const program = `
    require('esbuild-register');
    const { existsSync, writeFileSync } = require('node:fs');
    const { Readable } = require('node:stream');
    const { ensureImage } = require('./src/cluster/docker/images');
    const [folder, script] = process.argv.slice(1);
    const file = (reference) => folder + '/' + encodeURIComponent(reference);
    const docker = {
      version: async () => ({ Arch: 'amd64' }),
      getImage: (reference) => ({ inspect: async () => {
        if (!existsSync(file(reference))) throw Object.assign(new Error('none'), { statusCode: 404 });
      } }),
      importImage: async (body, { repo, tag }) => {
        for await (const _ of body);
        writeFileSync(file(repo + ':' + tag), '');
        return Readable.from([]);
      },
    };
    const options = { pull: 'never', cacheDir: folder + '/cache' };
    ensureImage(docker, '3.5.35', options, (line) => console.log(line), new AbortController().signal, script)
      .then((ref) => console.log('from ' + ref.from));`;

  function runProcess(script: string): Promise<string> {
    const child = spawn(process.execPath, ['-e', program, folder, script], { cwd: ROOT });
    let output = '';
    child.stdout.on('data', (data) => (output += String(data)));
    child.stderr.on('data', (data) => (output += String(data)));
    return new Promise((done) => child.on('close', () => done(output)));
  }

  test('two processes that want the same version build it once; one waits and says so', async () => {
    const script = fakeScript('sleep 2');
    const outputs = (await Promise.all([runProcess(script), runProcess(script)])).join('');
    expect(builds()).toHaveLength(1);
    expect(outputs).toContain('from build');
    expect(outputs).toContain('from present');
    expect(outputs).toContain('another run is building etcd 3.5.35; waiting');
  }, 30_000);

  test('two calls in one process build once as well', async () => {
    const engine = new FakeEngine();
    const script = fakeScript('sleep 0.3');
    const refs = await Promise.all([ensure(engine, { script }), ensure(engine, { script })]);
    expect(refs.map((ref) => ref.from).sort()).toEqual(['build', 'present']);
    expect(builds()).toHaveLength(1);
  });

  (hasProc ? test : test.skip)('a lock whose owner is dead is taken over without waiting', async () => {
    holdLock({ [LABEL.started]: '1' });
    const said: string[] = [];
    expect(await ensure(new FakeEngine(), { progress: (message) => said.push(message) })).toMatchObject({
      from: 'build',
    });
    expect(said.join()).not.toContain('waiting');
    expect(readdirSync(cacheDir).filter((name) => name.includes('lock'))).toEqual([]);
  });

  test('waiting for another run ends as soon as this one is interrupted, and the lock stays with its owner', async () => {
    const lock = holdLock({});
    const controller = new AbortController();
    const progress = (message: string): void => {
      if (message === 'another run is building etcd 3.5.35; waiting') controller.abort(new Error('Ctrl-C'));
    };
    await expect(ensure(new FakeEngine(), { signal: controller.signal, progress })).rejects.toThrow('Ctrl-C');
    expect(existsSync(lock)).toBe(true);
    expect(builds()).toEqual([]);
  });

  /** Leaves a lock as this process would, with some of its labels changed. */
  function holdLock(labels: Record<string, string>): string {
    const lock = join(cacheDir, 'etcd-3.5.35-linux-amd64.lock');
    mkdirSync(cacheDir, { recursive: true });
    writeFileSync(lock, JSON.stringify({ ...ownerLabels('', ''), ...labels }));
    return lock;
  }
});

describe('an interrupted build', () => {
  test('ends the script with all its children, and leaves neither lock nor scratch files', async () => {
    const script = fakeScript(`sleep 600 & echo $! > ${folder}/pid; echo ready >&2; wait`);
    const controller = new AbortController();
    const progress = (message: string): void => {
      if (message === 'ready') controller.abort(new Error('Ctrl-C'));
    };
    await expect(ensure(new FakeEngine(), { script, signal: controller.signal, progress })).rejects.toThrow('Ctrl-C');
    expect(isRunning(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBe(false);
    expect(readdirSync(cacheDir)).toEqual([]);
  });

  test('that was interrupted before it began does not begin', async () => {
    const attempt = ensure(new FakeEngine(), { signal: AbortSignal.abort(new Error('Ctrl-C')) });
    await expect(attempt).rejects.toThrow('Ctrl-C');
    expect(builds()).toEqual([]);
  });

  function isRunning(pid: number): boolean {
    const state = execFileSync('bash', ['-c', `ps -o stat= -p ${pid} || true`], { encoding: 'utf8' }).trim();
    return state !== '' && !state.startsWith('Z');
  }
});

describe('trouble', () => {
  test('an engine that went away is the environment’s trouble, not a missing image', async () => {
    const engine = new FakeEngine();
    const gone = Object.assign(new Error('connect ECONNREFUSED /var/run/docker.sock'), { code: 'ECONNREFUSED' });
    engine.getImage = () => ({ inspect: () => Promise.reject(gone) });
    expect((await failureOf(ensure(engine))).message).toContain('the Docker engine went away');
    expect(builds()).toEqual([]);
  });

  test.each(['3.5', '3.5.35; rm -rf /', '../3.5.35', 'latest', '3.5.35-'])(
    '%s is refused as a version before it reaches a path or a shell',
    async (version) => {
      expect((await failureOf(ensure(new FakeEngine(), { version }))).message).toContain('is not a version of etcd');
      expect(existsSync(cacheDir)).toBe(false);
    },
  );
});

describe('images/build-etcd.sh', () => {
  function build(args: string[], env: NodeJS.ProcessEnv = process.env): { code: number; said: string } {
    try {
      execFileSync('/bin/bash', [join(ROOT, 'images/build-etcd.sh'), ...args], {
        env,
        encoding: 'utf8',
        stdio: 'pipe',
      });
      return { code: 0, said: '' };
    } catch (thrown) {
      const { status, stderr } = thrown as { status: number; stderr: string };
      return { code: status, said: stderr };
    }
  }

  test('a version that cannot be had is named, with those that can', () => {
    const { code, said } = build(['3.4.27', join(folder, 'out')]);
    expect(code).toBe(3);
    expect(said).toContain('build-etcd: etcd 3.4.27 cannot be had');
    expect(said).toContain('3.3.25, 3.4.23');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a machine without Go, or without apt, is told what is missing', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const program of ['bash', 'basename', 'dirname', 'mktemp', 'mkdir', 'chmod', 'rm', 'uname']) {
      execFileSync('bash', ['-c', `ln -s "$(command -v ${program})" ${bin}/${program}`]);
    }
    expect(build(['3.5.35', join(folder, 'out')], { PATH: bin }).said).toContain("there is no 'go' on this machine");
    expect(build(['3.4.23', join(folder, 'out')], { PATH: bin }).said).toContain("there is no 'apt-get'");
    expect(readdirSync(folder)).toEqual(['bin']);
  });

  test('a folder that is there already is left alone', () => {
    expect(build(['3.5.35', folder]).said).toContain('exists already');
  });
});
