/** Runs that share an engine and can't see each other's processes: CI job containers, or runs before a reboot. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canHavePrivateEngine, PrivateEngine } from './private-engine';
import {
  ETCD,
  execute,
  labelled,
  refuseStaleBuild,
  ROOT,
  startCli,
  startProgram,
  temporaryFolder,
  until,
  write,
  yamlOf,
  type Answer,
  type Running,
} from './helpers';

jest.setTimeout(180_000);

const canUnshare =
  canHavePrivateEngine && spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;
/** So that a test need not wait for minutes. The engine tells the age of a volume in whole seconds. */
const LEASE = { beatMs: 1000, staleMs: 5000, staleWithoutBeatMs: 3_600_000 };
const DRILL = yamlOf('long', { steps: '- start: all\n- sleep: 10m' });

(canUnshare ? describe : describe.skip)('an owner in another PID namespace', () => {
  const engine = new PrivateEngine();
  const folder = temporaryFolder();

  beforeAll(async () => {
    refuseStaleBuild();
    write(join(folder, 'scenarios', 'long.yaml'), DRILL);
    await engine.start();
    await engine.take(`localhost/etcd:${ETCD}`);
  }, 120_000);
  afterAll(() => engine.dispose(), 120_000);

  const script = (call: string): string[] => {
    const library = JSON.stringify(join(ROOT, 'dist', 'library'));
    return ['-e', `const lease = ${JSON.stringify(LEASE)}; const library = ${library}; ${call}`];
  };

  /** Starts a run as in a container of its own: only the engine and the temporary folder are shared. */
  function startElsewhere(run: string): Running {
    const request = `{ paths: ['scenarios'], cwd: ${JSON.stringify(folder)}, run: '${run}', images: { pull: 'never' }, lease }`;
    const call = `require(library + '/run.js').run(${request})`;
    const [program = '', ...prefix] = engine.prefix;
    const unshare = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
    return startProgram(program, [...prefix, ...unshare, process.execPath, ...script(call)], {
      cwd: folder,
      env: engine.env,
    });
  }

  async function cleanHere(
    request = '',
  ): Promise<{ removed: { kind: string; name: string }[]; stays: { run: string }[] }> {
    const call = `require(library + '/clean.js').clean({ lease, ${request} }).then((done) => console.log(JSON.stringify(done)))`;
    const [program = '', ...prefix] = [...engine.prefix, process.execPath];
    const { stdout, stderr } = await execute(program, [...prefix, ...script(call)], { cwd: folder, env: engine.env });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Awaited<ReturnType<typeof cleanHere>>;
  }

  const left = (run: string): Promise<string[]> => labelled(`etcd-scenarios.run=${run}`, engine.docker);
  const heartbeats = async (run: string): Promise<string[]> =>
    (await left(run)).filter((name) => name.includes(`etcd-scenarios-heartbeat-${run}-`));
  const folders = (): string[] => readdirSync(tmpdir()).filter((name) => /^etcd-scenarios-\w{6}$/.test(name));

  test('a living run is never swept, and a killed one is after the time of its lease', async () => {
    const before = folders();
    const [alive, killed] = ['es-alive', 'es-killed'];
    const [living, dying] = [startElsewhere(alive), startElsewhere(killed)];
    for (const [run, running] of [
      [alive, living],
      [killed, dying],
    ] as const) {
      await until(`the container and the heartbeat of ${run}; so far:\n${running.output()}`, async () => {
        const names = await left(run);
        return names.some((name) => name.startsWith('container')) && (await heartbeats(run)).length > 0;
      });
    }
    dying.child.kill('SIGKILL');
    await dying.ended;
    expect((await cleanHere()).stays.map(({ run }) => run).sort()).toEqual([alive, killed]);
    expect(await left(killed)).toHaveLength(4);
    const swept = await until('the killed run to be swept', async () => {
      const { removed } = await cleanHere();
      return removed.length > 0 && removed;
    });
    expect(swept.filter(({ kind }) => kind !== 'folder').map(({ name }) => name.includes(killed))).toEqual(
      Array(4).fill(true),
    );
    expect(await left(killed)).toEqual([]);
    // The other one has been running for longer than its lease: its heart beats.
    expect((await left(alive)).length).toBeGreaterThanOrEqual(4);
    expect(await heartbeats(alive)).not.toContain(`volume etcd-scenarios-heartbeat-${alive}-1`);
    expect(folders().filter((name) => !before.includes(name)).length).toBeLessThanOrEqual(1);
    await cleanHere('olderThanMs: 1');
    expect((await left(alive)).length).toBeGreaterThanOrEqual(4);
    living.child.kill('SIGKILL');
    await living.ended;
    await cleanHere(`run: '${alive}'`);
    expect(await left(alive)).toEqual([]);
  });

  test('`doctor` and `clean` name a run that may still be running, and what removes it', async () => {
    const running = startElsewhere('es-seen');
    await until('its container', async () => (await left('es-seen')).some((name) => name.startsWith('container')));
    const options = { cwd: folder, env: engine.env, prefix: engine.prefix };
    const [doctor, cleaned] = await Promise.all([
      startCli(['doctor', '--pull', 'never'], options).ended,
      startCli(['clean'], options).ended,
    ]);
    for (const { stdout } of [doctor, cleaned] satisfies Answer[]) {
      expect(stdout).toMatch(/\d resources? of the run es-seen on \S+, which may still be running; last sign of life/);
      expect(stdout).toContain('remove them with `etcd-scenarios clean --run es-seen`');
    }
    running.child.kill('SIGKILL');
    await running.ended;
    await cleanHere("run: 'es-seen'");
    expect(await left('es-seen')).toEqual([]);
  });

  test('a network that the engine was still making when its run was killed is removed by `clean`', async () => {
    const socket = join(folder, 'slow.sock');
    const slow = slowNetworks(socket, (engine.env['DOCKER_HOST'] ?? '').replace('unix://', ''));
    await new Promise<void>((resolve) => slow.server.listen(socket, resolve));
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const own = { ...engine.env, TMPDIR: temporary };
    const env = { ...own, DOCKER_HOST: `unix://${socket}` };
    const running = startCli(['run', '--pull', 'never'], { cwd: folder, env, prefix: engine.prefix });
    await slow.asked;
    running.child.kill('SIGKILL');
    await running.ended;
    const ofRun = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('etcd-scenarios-'));
    expect(ofRun()).not.toEqual([]);
    const cleaning = startCli(['clean'], { cwd: folder, env: own, prefix: engine.prefix });
    // `clean` has looked once, and found nothing but the folder.
    await until('`clean` to remove the folder of the killed run', () => ofRun().length === 0);
    slow.go();
    const { stdout } = await cleaning.ended;
    await slow.made;
    slow.server.close();
    expect(stdout).toMatch(/removed network es-/);
    expect((await labelled('etcd-scenarios.run', engine.docker)).filter((name) => name.startsWith('network'))).toEqual(
      [],
    );
  });
});

/** A proxy to the engine that holds back the request for a network until it is told to go on, also when nobody waits any more. */
function slowNetworks(
  _socket: string,
  engine: string,
): { server: Server; asked: Promise<void>; made: Promise<void>; go: () => void } {
  let [onAsked, onMade, go] = [(): void => undefined, (): void => undefined, (): void => undefined];
  const asked = new Promise<void>((resolve) => (onAsked = resolve));
  const made = new Promise<void>((resolve) => (onMade = resolve));
  const mayGo = new Promise<void>((resolve) => (go = resolve));
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = createConnection(engine);
    let isHeld = false;
    client.on('data', (data) => {
      if (!data.toString('latin1').includes('/networks/create')) return void upstream.write(data);
      isHeld = true;
      onAsked();
      void mayGo.then(() => upstream.write(data));
    });
    upstream.on('data', (data) => {
      if (!client.destroyed) client.write(data);
      if (isHeld) onMade();
    });
    client.on('error', () => undefined);
    client.on('close', () => isHeld || upstream.end());
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
  });
  return { server, asked, made, go };
}
