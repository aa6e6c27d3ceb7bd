/** However a run ends, what it started is removed, the reports are whole, and the exit code says what happened. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventOf, EventType, RunEvent } from '../../src/events';
import { parseXml, schemaErrors } from '../report/xml-check';
import { canHavePrivateEngine, PrivateEngine } from './private-engine';
import {
  cli,
  ETCD,
  execute,
  filesUnder,
  inconsistencies,
  labelled,
  readEvents,
  runDrills,
  startCli,
  temporaryFolder,
  until,
  write,
  yamlOf,
  type Answer,
  type Drill,
  type Running,
} from './helpers';

jest.setTimeout(120_000);

/** With one's own engine the leftovers are one's own as well; without one, other runs may sweep them first. */
const engine = canHavePrivateEngine ? new PrivateEngine() : undefined;
const folder = temporaryFolder();
let folders = 0;

beforeAll(async () => {
  await engine?.start();
  await engine?.take(`localhost/etcd:${ETCD}`);
}, 120_000);

const started: Run[] = [];

afterAll(async () => {
  // Only where a test failed in the middle is one of them still there.
  for (const { running } of started) if (running.child.exitCode === null) running.child.kill('SIGINT');
  await Promise.all(started.map(({ ended }) => ended));
  await engine?.dispose();
}, 120_000);

interface Run {
  cwd: string;
  running: Running;
  reports: string;
  /** The events so far. */
  events<T extends EventType>(type: T): EventOf<T>[];
  all(): RunEvent[];
  /** Waits until a step with this sentence has begun. */
  reaches(sentence: string): Promise<void>;
  ended: Promise<Answer>;
  id(): string;
}

/** Starts a run of drills in a folder of its own. */
function startRun(drills: Record<string, Drill | string>, args: string[] = [], env: NodeJS.ProcessEnv = {}): Run {
  const cwd = join(folder, `${++folders}`);
  return startIn(cwd, drills, args, env);
}

/** Starts another run in the folder of one, with the same drills. */
function runAgain({ cwd }: Run): Run {
  return startIn(cwd, {}, []);
}

function startIn(
  cwd: string,
  drills: Record<string, Drill | string>,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Run {
  for (const [name, drill] of Object.entries(drills)) {
    write(join(cwd, 'scenarios', `${name}.yaml`), typeof drill === 'string' ? drill : yamlOf(name, drill));
  }
  const reports = join(cwd, 'reports');
  const running = startCli(['run', '--pull', 'never', ...args], { cwd, ...surroundings(env) });
  const all = (): RunEvent[] => readEvents(reports);
  const events = <T extends EventType>(type: T): EventOf<T>[] =>
    all().filter((event): event is EventOf<T> => event.type === type);
  const run: Run = {
    cwd,
    running,
    reports,
    all,
    events,
    ended: running.ended,
    id: () => all()[0]?.run ?? 'none',
    reaches: (sentence) =>
      until(`"${sentence}" to begin; so far:\n${running.output()}`, () => {
        if (running.child.exitCode !== null) throw new Error(`the run ended early:\n${running.output()}`);
        return events('step-started').some(({ step }) => step.sentence === sentence);
      }).then(() => undefined),
  };
  started.push(run);
  return run;
}

/** Where a program has to run to reach the engine and the ports that it publishes. */
function surroundings(env: NodeJS.ProcessEnv = {}): { env: NodeJS.ProcessEnv; prefix: string[] } {
  return { env: { ...engine?.env, ...env }, prefix: engine?.prefix ?? [] };
}

function clean(...args: string[]): Promise<Answer> {
  return cli(['clean', ...args], { cwd: folder, ...surroundings() });
}

function left(run: string): Promise<string[]> {
  return labelled(`etcd-scenarios.run=${run}`, engine?.docker);
}

const SLEEPER: Drill = { steps: '- start: all\n- sleep: 60s' };
const QUICK: Drill = { steps: '- start: all\n- put: {key: foo, value: bar}' };
const RED: Drill = { steps: '- start: all\n- put: {key: foo, value: bar}\n- get: {key: foo, value: baz}' };

async function httpStatus(url: string): Promise<string> {
  const script = `fetch(${JSON.stringify(url)}).then(({ status }) => console.log(status))`;
  const [program = '', ...args] = [...surroundings().prefix, process.execPath, '-e', script];
  return (await execute(program, args)).stdout.trim();
}

/** The reports of a run that was interrupted are as whole as any. */
function expectWholeReports(run: Run, exitCode: number): void {
  expect(inconsistencies(run.all())).toEqual([]);
  expect(run.events('run-finished').map((event) => event.exitCode)).toEqual([exitCode]);
  const summary = JSON.parse(readFileSync(join(run.reports, 'summary.json'), 'utf8')) as { exitCode: number };
  expect(summary.exitCode).toBe(exitCode);
  expect(readFileSync(join(run.reports, 'junit.xml'), 'utf8')).toMatch(/<\/testsuites>\n$/);
}

describe('a signal', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s in the middle of a step: `finally` runs, all is removed, the reports are whole, exit 130',
    async (signal) => {
      const run = startRun(
        {
          first: { ...SLEEPER, last: '- put: {key: said, value: goodbye}\n- get: {key: said, value: goodbye}' },
          second: QUICK,
        },
        ['--jobs', '1'],
      );
      await run.reaches('sleep 60s');
      expect(await left(run.id())).not.toEqual([]);
      run.running.child.kill(signal);
      const { exitCode, stderr } = await run.ended;
      expect(exitCode).toBe(130);
      expect(stderr).toContain(`${signal}: the steps are abandoned, \`finally\` runs`);
      expect(await left(run.id())).toEqual([]);
      const told = run.events('step-finished').map(({ step, status }) => `${step.id} ${status}`);
      expect(told).toEqual(['1 passed', '2 interrupted', 'finally.1 passed', 'finally.2 passed']);
      const [finished] = run.events('case-finished');
      expect(finished).toMatchObject({ verdict: 'interrupted', failure: { step: { id: '2' } }, further: [] });
      expect(run.events('case-skipped')).toMatchObject([{ reason: 'the run was interrupted before it started' }]);
      expectWholeReports(run, 130);
    },
  );

  test('a second one skips what is left of `finally`; all is removed all the same', async () => {
    const run = startRun({ drill: { ...SLEEPER, last: '- sleep: 50s\n- put: {key: never, value: reached}' } });
    await run.reaches('sleep 60s');
    run.running.child.kill('SIGINT');
    await run.reaches('sleep 50s');
    run.running.child.kill('SIGINT');
    const { exitCode, stderr } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('SIGINT again: `finally` is skipped');
    expect(await left(run.id())).toEqual([]);
    const told = run.events('step-finished').map(({ step, status }) => `${step.id} ${status}`);
    expect(told).toEqual(['1 passed', '2 interrupted', 'finally.1 interrupted']);
    expectWholeReports(run, 130);
  });

  test('while members are being started: what is half made is removed', async () => {
    const flags = '{heartbeat-interval: 5000, election-timeout: 50000}';
    const run = startRun({ drill: { top: `flags: ${flags}`, steps: '- start: all' } });
    await run.reaches('start all');
    run.running.child.kill('SIGINT');
    expect((await run.ended).exitCode).toBe(130);
    expect(await left(run.id())).toEqual([]);
    expectWholeReports(run, 130);
  });

  test('at any moment: nothing is left, and the reports are whole', async () => {
    const steps = `
      - start: all
      - put: {key: foo, value: bar}
      - snapshot: backup
        as: saved
      - etcdctl: [endpoint, status]
      - stop: all
      - wipe: all
      - restore: {member: etcd-1, snapshot: backup}
      - start: {member: etcd-1, newAddress: true}
      - get: {key: foo, value: bar}`;
    const moments = [1, 2, 4, 7, 10, 14, 18, 22];
    const runs = moments.map((events) => ({ events, run: startRun({ drill: { steps } }) }));
    await Promise.all(
      runs.map(async ({ events, run }) => {
        const isOver = (): boolean => run.running.child.exitCode !== null;
        await until('the moment to come', () => isOver() || run.all().length >= events, 50_000);
        run.running.child.kill('SIGINT');
        const { exitCode } = await run.ended;
        expect(await left(run.id())).toEqual([]);
        expect({ events, exitCode: exitCode === 0 ? 130 : exitCode }).toEqual({ events, exitCode: 130 });
        expectWholeReports(run, exitCode ?? -1);
      }),
    );
  });

  test('twice at once: as the second one says', async () => {
    const run = startRun({ drill: { ...SLEEPER, last: '- put: {key: never, value: reached}' } });
    await run.reaches('sleep 60s');
    run.running.child.kill('SIGINT');
    run.running.child.kill('SIGTERM');
    expect((await run.ended).exitCode).toBe(130);
    expect(await left(run.id())).toEqual([]);
    expectWholeReports(run, 130);
  });
});

describe('a run that was killed', () => {
  /** A run that is killed hard while it sleeps, and one beside it that lives on. */
  async function deadAndAlive(): Promise<{ dead: Run; alive: Run }> {
    const [dead, alive] = [startRun({ dead: SLEEPER }), startRun({ alive: SLEEPER })];
    await Promise.all([dead.reaches('sleep 60s'), alive.reaches('sleep 60s')]);
    dead.running.child.kill('SIGKILL');
    await dead.ended;
    expect(await left(dead.id())).toHaveLength(3);
    return { dead, alive };
  }

  async function expectAlive(alive: Run): Promise<void> {
    expect(await left(alive.id())).toHaveLength(3);
    alive.running.child.kill('SIGINT');
    expect((await alive.ended).exitCode).toBe(130);
    expect(await left(alive.id())).toEqual([]);
  }

  test('is swept up by the next run, which leaves one that lives alone', async () => {
    const { dead, alive } = await deadAndAlive();
    const next = startRun({ next: QUICK });
    const { exitCode, stdout } = await next.ended;
    expect(exitCode).toBe(0);
    expect(await left(dead.id())).toEqual([]);
    expect(stdout).toContain('removed what a run that was killed had left: 1 containers, 1 networks, 1 volumes');
    await expectAlive(alive);
  });

  test('is swept up by `clean`, which leaves one that lives alone', async () => {
    const { dead, alive } = await deadAndAlive();
    const { exitCode, stdout } = await clean();
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').filter((line) => line.includes(dead.id()))).toHaveLength(3);
    expect(stdout).not.toContain(alive.id());
    expect(await left(dead.id())).toEqual([]);
    expect(await clean()).toMatchObject({ exitCode: 0, stdout: 'nothing to remove\n' });
    await expectAlive(alive);
  });
});

describe('the reports folder', () => {
  const firstError = (run: Run): string | undefined => {
    const root = parseXml(readFileSync(join(run.reports, 'junit.xml'), 'utf8'));
    expect(schemaErrors(root)).toEqual([]);
    return root.children[0]?.children[0]?.children.find(({ name }) => name === 'error')?.attributes.message;
  };

  test('of a run that is killed says that it did not finish, also where an earlier run was green', async () => {
    const green = startRun({ drill: QUICK });
    expect((await green.ended).exitCode).toBe(0);
    expect(firstError(green)).toBeUndefined();
    write(join(green.cwd, 'scenarios', 'drill.yaml'), yamlOf('drill', SLEEPER));
    const killed = runAgain(green);
    await killed.reaches('sleep 60s');
    expect(firstError(killed)).toBe('the run did not finish');
    killed.running.child.kill('SIGKILL');
    await killed.ended;
    expect(firstError(killed)).toBe('the run did not finish');
    const summary = JSON.parse(readFileSync(join(killed.reports, 'summary.json'), 'utf8')) as object;
    expect(summary).toMatchObject({ run: killed.id(), exitCode: null, noVerdict: 'the run did not finish', cases: [] });
  });

  test('is refused to a second run; the first one ends with whole reports and all its logs', async () => {
    const first = startRun({ drill: { steps: '- start: all\n- sleep: 8s\n- expect: {healthy: all}' } });
    await first.reaches('sleep 8s');
    const second = await runAgain(first).ended;
    expect(second.exitCode).toBe(2);
    expect(second.stderr).toContain(`is in use by the run ${first.id()} `);
    expect(second.stderr).toContain("--reports 'reports/{run}'");
    expect((await first.ended).exitCode).toBe(0);
    expectWholeReports(first, 0);
    expect(firstError(first)).toBeUndefined();
    const logs = filesUnder(join(first.reports, 'logs'));
    expect(logs).toHaveLength(1);
    expect(readFileSync(logs[0] ?? '', 'utf8')).toContain('ready to serve client requests');
  });

  test('is locked no more by a run that was killed', async () => {
    const killed = startRun({ drill: SLEEPER });
    await killed.reaches('sleep 60s');
    killed.running.child.kill('SIGKILL');
    await killed.ended;
    write(join(killed.cwd, 'scenarios', 'drill.yaml'), yamlOf('drill', QUICK));
    const next = runAgain(killed);
    expect((await next.ended).exitCode).toBe(0);
    expectWholeReports(next, 0);
  });
});

test('two runs at once do not see each other, and both pass', async () => {
  const drill: Drill = {
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - kill: all
      - start: all
      - get: {key: foo, value: bar}
      - expect: {members: {etcd-1: {id: a3959071884acd0c}}}`,
  };
  const runs = [startRun({ drill, other: drill }), startRun({ drill, other: drill })];
  const answers = await Promise.all(runs.map(({ ended }) => ended));
  expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  for (const run of runs) expect(await left(run.id())).toEqual([]);
});

test('--keep leaves a red cluster up and says how to reach and to remove it; no other run sweeps it', async () => {
  const run = startRun({ red: RED, green: QUICK }, ['--keep']);
  const { exitCode, stdout } = await run.ended;
  const id = run.id();
  expect(exitCode).toBe(1);
  const reach = /etcd-1: (127\.0\.0\.1:\d+), or `docker exec ([0-9a-f]{12}) etcdctl member list`/.exec(stdout);
  expect(stdout).toContain(`etcd-scenarios clean --run ${id}`);
  expect(await left(id)).toHaveLength(3);
  expect(await httpStatus(`http://${reach?.[1]}/version`)).toBe('200');
  expect((await startRun({ next: QUICK }).ended).exitCode).toBe(0);
  await clean();
  expect(await left(id)).toHaveLength(3);
  expect(await clean('--run', id)).toMatchObject({ exitCode: 0 });
  expect(await left(id)).toEqual([]);
});

test('--keep leaves a cluster up whose `finally` alone failed', async () => {
  const run = startRun({ red: { ...QUICK, last: '- get: {key: foo, value: baz}' } }, ['--keep']);
  expect((await run.ended).exitCode).toBe(1);
  expect(await left(run.id())).toHaveLength(3);
  await clean('--run', run.id());
  expect(await left(run.id())).toEqual([]);
});

test('--fail-fast starts nothing after a red drill', async () => {
  const run = startRun({ a: RED, b: QUICK, c: QUICK }, ['--fail-fast', '--jobs', '1']);
  const { exitCode, stdout } = await run.ended;
  expect(exitCode).toBe(1);
  expect(run.events('case-started')).toHaveLength(1);
  expect(run.events('case-skipped').map(({ reason }) => reason)).toEqual([
    'a case failed before, and --fail-fast was asked for',
    'a case failed before, and --fail-fast was asked for',
  ]);
  expect(stdout).toContain('2 skipped');
  expectWholeReports(run, 1);
});

describe('a caller of the library', () => {
  const GOODBYE: Drill = { ...SLEEPER, last: '- put: {key: said, value: goodbye}' };

  test.each([
    ['no reason', undefined],
    ['a reason of its own', new Error('enough')],
  ])('ends a run with a signal, for %s: `finally` runs, all is removed, 130', async (_, reason) => {
    const controller = new AbortController();
    const { result, events, ...ran } = await runDrills(
      { first: yamlOf('first', GOODBYE), second: yamlOf('second', QUICK) },
      {
        jobs: 1,
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'step-started' && event.step.sentence === 'sleep 60s') controller.abort(reason);
        },
      },
    );
    expect(result).toMatchObject({ exitCode: 130, counts: { interrupted: 1, skipped: 1, error: 0, failed: 0 } });
    expect(ran.case('first').verdict).toBe('interrupted');
    expect(ran.case('first').step('finally.1').status).toBe('passed');
    expect(inconsistencies(events)).toEqual([]);
    expect(await labelled(`etcd-scenarios.run=${result.run}`)).toEqual([]);
  });

  test('may run several at once in one process', async () => {
    const runs = await Promise.all([1, 2].map(() => runDrills({ drill: yamlOf('drill', QUICK) }, { repeat: 2 })));
    expect(runs.map(({ result }) => [result.exitCode, result.counts.passed])).toEqual([
      [0, 2],
      [0, 2],
    ]);
    expect(new Set(runs.map(({ result }) => result.run)).size).toBe(2);
    for (const { events } of runs) expect(inconsistencies(events)).toEqual([]);
  });
});

describe('where nothing is run', () => {
  const nowhere = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

  test('nothing selected: exit 2, without an engine', async () => {
    const { exitCode, stderr } = await startRun({ drill: QUICK }, ['--grep', 'no such drill'], nowhere).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nothing was selected');
  });

  test('a bad file among good ones: exit 2, every problem with its place, without an engine', async () => {
    const bad = 'name: bad\nmembers: 1\nsteps:\n  - strat: etcd-1\n  - kill: etcd-2\n';
    const run = startRun({ good: QUICK, bad }, [], nowhere);
    const { exitCode, stderr } = await run.ended;
    expect(exitCode).toBe(2);
    expect(stderr).toContain('scenarios/bad.yaml:4:5');
    expect(stderr).toContain('did you mean `start`?');
    expect(stderr).toContain('scenarios/bad.yaml:5:11');
    expect(stderr).toContain('2 errors and 1 warning; nothing was started');
    const junit = parseXml(readFileSync(join(run.reports, 'junit.xml'), 'utf8'));
    expect(schemaErrors(junit)).toEqual([]);
    expect(junit.attributes).toMatchObject({ tests: '1', errors: '1' });
  });

  test('all skipped: exit 0, and a line says so; with --min-run 1 it is 2', async () => {
    const drill = { ...QUICK, top: 'requires: {etcd: ">=9"}' };
    const run = startRun({ drill });
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('everything that was selected was skipped');
    expect(run.events('run-finished')[0]?.remarks).toEqual(['everything that was selected was skipped']);
    const strict = await startRun({ drill }, ['--min-run', '1']).ended;
    expect(strict.exitCode).toBe(2);
    expect(strict.stdout).toContain('only 0 passed, and --min-run asks for 1');
  });

  test('an engine on another machine: exit 3, and --bind is named', async () => {
    const { exitCode, stderr } = await cli(['run', 'scenarios/bootstrap/first-member.yaml', '--reports', folder], {
      cwd: join(__dirname, '../..'),
      env: { TESTCONTAINERS_HOST_OVERRIDE: '10.255.255.1' },
    });
    expect(stderr).toContain('the Docker engine is on another machine (10.255.255.1)');
    expect(stderr).toContain('--bind ADDRESS');
    expect(exitCode).toBe(3);
  });

  test('--bind with what is no address: exit 2, and nothing is started', async () => {
    const { exitCode, stderr } = await startRun({ drill: QUICK }, ['--bind', 'localhost']).ended;
    expect(stderr).toContain('ports can be bound to an IP address alone');
    expect(exitCode).toBe(2);
  });

  test('no engine where DOCKER_HOST says: exit 3 with a cure, and no other engine is used instead', async () => {
    const run = startRun({ drill: QUICK }, [], nowhere);
    const { exitCode, stdout, stderr } = await run.ended;
    expect(exitCode).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('DOCKER_HOST is unix:///nonexistent/docker.sock, and no Docker engine answers there');
    expect(stderr).toContain('start that engine, or unset DOCKER_HOST');
  });
});

(engine ? describe : describe.skip)('an engine that goes away', () => {
  const WRITER =
    '- start: all\n- repeat:\n    times: 100000\n    steps:\n      - put: {key: foo, value: "v${repeat.index}"}';
  const DRILLS: Record<string, Drill> = {
    sleeper: SLEEPER,
    looker: { steps: '- start: all\n- expect: {healthy: all}\n  for: 60s' },
    // Those that ask etcd see their requests fail first: no proof of anything about etcd.
    writer: { steps: WRITER },
    tools: { steps: '- start: all\n- repeat:\n    times: 1000\n    steps:\n      - etcdctl: [endpoint, health]' },
  };

  test('in the middle of a run: exit 3, named as the environment’s trouble in every case, with a cure', async () => {
    const run = startRun(DRILLS, ['--jobs', '4']);
    await run.reaches('sleep 60s');
    await run.reaches('put foo = "v20"');
    await run.reaches('etcdctl endpoint health');
    await engine?.kill();
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(3);
    expect(stdout).toContain('the environment broke, which says nothing about etcd: the Docker engine went away');
    expect(stdout).not.toContain('this is a bug');
    for (const { failure, verdict } of run.events('case-finished')) {
      expect(verdict).toBe('error');
      expect(failure).toMatchObject({
        kind: 'environment',
        message: expect.stringContaining('the Docker engine went away') as string,
      });
      expect(failure?.cure).toContain('start Docker');
    }
    expect(run.events('case-finished')).toHaveLength(4);
    expectWholeReports(run, 3);
    await engine?.start();
    await clean();
    expect(await left(run.id())).toEqual([]);
  });

  test('before anything is started: exit 3', async () => {
    await engine?.kill();
    const { exitCode, stderr } = await startRun({ drill: QUICK }).ended;
    expect(exitCode).toBe(3);
    expect(stderr).toContain('no Docker engine answers there');
    await engine?.start();
  });
});
