/**
 * An engine that stops answering: every command ends with exit 3 within 30 s of silence and names the call. The engine
 * is the one that everybody uses, behind a socket that can stop answering; a frozen dockerd is in frozen-engine.test.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { EventOf, EventType } from '../../src/events';
import { ProxyEngine, type CallName } from './proxy-engine';
import { cli, labelled, readEvents, startCli, temporaryFolder, until, write, yamlOf, type Drill } from './helpers';

jest.setTimeout(180_000);

/** What is demanded is 30 s; a machine that is busy starts and ends processes late. */
const BOUND_MS = 30_000 + 15_000;
const SLEEPER: Drill = { steps: '- start: all\n- sleep: 100s' };
const QUICK: Drill = { steps: '- start: all\n- put: {key: foo, value: bar}' };
const folder = temporaryFolder();
let folders = 0;

function project(drill: Drill = QUICK): string {
  const cwd = join(folder, `${++folders}`);
  write(join(cwd, 'scenarios', 'drill.yaml'), yamlOf('drill', drill));
  return cwd;
}

interface Timed {
  exitCode: number | null;
  output: string;
  tookMs: number;
}

async function timed(args: readonly string[], env: NodeJS.ProcessEnv, cwd = project()): Promise<Timed> {
  const began = performance.now();
  const { exitCode, stdout, stderr } = await cli(args, { cwd, env });
  return { exitCode, output: stdout + stderr, tookMs: performance.now() - began };
}

describe('a socket that accepts and never answers', () => {
  const socket = join(folder, 'silent.sock');
  const server = createServer((connection) => connection.on('error', () => undefined).resume());
  const env = { DOCKER_HOST: `unix://${socket}` };

  beforeAll(() => new Promise<void>((resolve) => server.listen(socket, resolve)));
  afterAll(() => void server.close());

  const commands = [
    'run --pull never',
    'run --pull never --etcd 3.5',
    'doctor',
    'clean',
    'images 3.5.35',
    'images --list',
    'images --save FILE',
    'bisect scenarios/drill.yaml --good 3.5.16 --bad 3.5.35',
  ];
  const answers = new Map<string, Promise<Timed>>();
  // Waiting is all that they do: side by side it takes as long as one.
  beforeAll(() => commands.forEach((command) => answers.set(command, timed(command.split(' '), env))));

  test.each(commands)(
    '`%s` ends with exit 3 and names the call; a line before says what is waited for',
    async (command) => {
      const { exitCode, output, tookMs } = await answers.get(command)!;
      expect(output).toMatch(/the Docker engine did not answer GET \/info at .*silent\.sock within \d+s/);
      expect(output).toMatch(/waiting for the Docker engine to answer GET \/info at .*: \d+s so far, at most \d+s/);
      expect(exitCode).toBe(3);
      expect(tookMs).toBeLessThan(BOUND_MS);
    },
  );

  test.each([['plan scenarios/drill.yaml'], ['validate scenarios/drill.yaml'], ['list']])(
    '`%s` does without an engine',
    async (command) => {
      expect(await timed(command.split(' '), env)).toMatchObject({ exitCode: 0 });
    },
  );

  test('a signal ends a run that looks for an engine', async () => {
    const running = startCli(['run', '--pull', 'never'], { cwd: project(), env });
    await until('the run to wait', () => running.output().includes('waiting for the Docker engine'));
    running.child.kill('SIGINT');
    expect((await running.ended).exitCode).toBe(130);
  });
});

describe('an engine that answers some calls', () => {
  const rows: [command: string, call: string, said: RegExp][] = [
    [
      'run --pull never',
      'POST /networks/create',
      /did not answer POST \/networks\/create within \d+s.*\(create a network\)/,
    ],
    [
      'run --pull never',
      'POST /containers/create',
      /did not answer POST \/containers\/create within \d+s.*\(create etcd-1\)/,
    ],
    ['run --pull never', 'GET /images/', /did not answer GET \/images\/.*json within \d+s/],
    ['clean', 'GET /volumes', /did not answer GET \/volumes within \d+s/],
    ['doctor', 'GET /networks', /did not answer GET \/networks within \d+s/],
    ['images 3.5.35', 'GET /images/', /did not answer GET \/images\/.*json within \d+s/],
  ];
  const engines = rows.map(() => new ProxyEngine());
  const answers: Promise<Timed>[] = [];
  beforeAll(async () => {
    for (const [i, [command, call]] of rows.entries()) {
      const engine = engines[i]!;
      await engine.start();
      engine.hang((one) => one.startsWith(call));
      answers.push(timed(command.split(' '), engine.env));
    }
  });
  afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

  test.each(rows.map(([command, call, said], i) => ({ command, call, said, i })))(
    '`$command` and $call hangs: exit 3, and the call is named',
    async ({ said, i }) => {
      const { exitCode, output, tookMs } = await answers[i]!;
      expect(output).toMatch(said);
      expect(exitCode).toBe(3);
      expect(tookMs).toBeLessThan(BOUND_MS + 10_000);
    },
  );
});

describe('an engine that stops answering in the middle of a run', () => {
  const engine = new ProxyEngine();
  beforeAll(() => engine.start());
  afterAll(() => engine.dispose());
  afterEach(() => engine.answer());

  interface Run {
    running: ReturnType<typeof startCli>;
    reports: string;
    id(): string;
    events<T extends EventType>(type: T): EventOf<T>[];
  }

  async function sleeping(args: readonly string[] = []): Promise<Run> {
    const cwd = project(SLEEPER);
    const reports = join(cwd, 'reports');
    const running = startCli(['run', '--pull', 'never', ...args], { cwd, env: engine.env });
    const events = <T extends EventType>(type: T): EventOf<T>[] =>
      readEvents(reports).filter((event): event is EventOf<T> => event.type === type);
    await until(`the sleep to begin: ${running.output()}`, () => {
      if (running.child.exitCode !== null) throw new Error(`the run ended early:\n${running.output()}`);
      return events('step-started').some(({ step }) => step.sentence === 'sleep 100s');
    });
    return { running, reports, events, id: () => readEvents(reports)[0]?.run ?? 'none' };
  }

  async function removeAll(run: string): Promise<void> {
    engine.answer();
    await cli(['clean', '--run', run], { cwd: folder });
    expect(await labelled(`etcd-scenarios.run=${run}`)).toEqual([]);
  }

  const all = (): boolean => true;
  const allButPing = (call: CallName): boolean => call !== 'GET /_ping';

  test('a run ends with exit 3 although its step asks the engine nothing; its reports are whole', async () => {
    const run = await sleeping();
    engine.hang(all);
    const began = performance.now();
    const { exitCode, stdout } = await run.running.ended;
    expect(performance.now() - began).toBeLessThan(BOUND_MS);
    expect(stdout).toMatch(/the Docker engine did not answer GET \/_ping within \d+s/);
    expect(exitCode).toBe(3);
    expect(run.events('run-finished')).toMatchObject([{ exitCode: 3 }]);
    expect(readFileSync(join(run.reports, 'junit.xml'), 'utf8')).toMatch(/<\/testsuites>\n$/);
    await removeAll(run.id());
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'a second %s ends the process within 5 s; it says what may be left',
    async (signal) => {
      const run = await sleeping();
      engine.hang(all);
      run.running.child.kill(signal);
      await until('the first signal to be heard', () => run.running.output().includes(`${signal}: `));
      const began = performance.now();
      run.running.child.kill(signal);
      const { exitCode, stdout, stderr } = await run.running.ended;
      expect(performance.now() - began).toBeLessThan(5000 + 2000);
      expect(exitCode).toBe(130);
      expect(stdout + stderr).toContain(`etcd-scenarios clean --run ${run.id()}`);
      expect(existsSync(join(run.reports, 'junit.xml'))).toBe(true);
      await removeAll(run.id());
    },
  );

  test('SIGTERM alone ends a run in 10 s where removal hangs; what is left is labelled', async () => {
    const run = await sleeping();
    engine.hang((call) => call.startsWith('DELETE '));
    const began = performance.now();
    run.running.child.kill('SIGTERM');
    const { exitCode, stdout } = await run.running.ended;
    expect(performance.now() - began).toBeLessThan(10_000 + 2000);
    expect(exitCode).toBe(130);
    expect(stdout).toContain(`etcd-scenarios clean --run ${run.id()}`);
    expect(await labelled(`etcd-scenarios.run=${run.id()}`)).not.toEqual([]);
    await removeAll(run.id());
  });

  test('an engine whose pings are answered is not lost: a quiet stream is no silence', async () => {
    const cwd = project({ steps: '- start: all\n- sleep: 35s\n- put: {key: foo, value: bar}' });
    const running = startCli(['run', '--pull', 'never'], { cwd, env: engine.env });
    await until('the sleep to begin', () =>
      readEvents(join(cwd, 'reports')).some(
        (event) => event.type === 'step-started' && event.step.sentence === 'sleep 35s',
      ),
    );
    engine.hang(allButPing);
    await until('pings', () => engine.calls.filter((call) => call === 'GET /_ping').length >= 3);
    engine.answer();
    expect((await running.ended).exitCode).toBe(0);
  });
});
