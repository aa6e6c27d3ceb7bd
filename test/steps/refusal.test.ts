/** What counts as a refused start, on a process that is made of what it logs, how it answers and when it exits. */
import type { MemberProcess } from '../../src/cluster/cluster';
import { ProcessLog } from '../../src/cluster/log';
import { EtcdSaid } from '../../src/errors';
import { textMatcher, type TextPattern } from '../../src/match';
import type { StepContext } from '../../src/steps/context';
import { confirmTimes, expectRefusal } from '../../src/steps/refusal';

const SOON_MS = 30;
const NEVER_MS = 600_000;
const OPEN = '{"level":"info","msg":"ready to serve client requests"}';
const WARNS = '{"level":"warn","msg":"request sent was ignored by remote peer","error":"cluster ID mismatch"}';

interface Start {
  /** What it has logged from the beginning. */
  lines: readonly string[];
  /** It exits with this code, some looks later. */
  exitCode?: number;
  /** What it answers to a linearizable read, once its port is open. */
  answers?: 'serves' | 'no quorum' | 'another user';
  /** Whether it knows a leader; undefined where its metrics do not answer. */
  leader?: boolean;
  times?: { withoutLeader: number; otherwise: number };
  /** The time of the step. */
  leftMs?: number;
}

/** How a start that has to be refused with these texts comes out: what is thrown, and what is noted. */
async function refused(expected: TextPattern[], start: Start): Promise<{ error: Error; notes: string[] }> {
  const { answers = 'no quorum', exitCode, leader, leftMs = 2000 } = start;
  const log = new ProcessLog();
  log.append(`${start.lines.join('\n')}\n`);
  let end: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => (end = resolve));
  const range = (): Promise<unknown> => {
    if (answers === 'serves') return Promise.resolve({ kvs: [] });
    const said = answers === 'no quorum' ? 'context deadline exceeded' : 'etcdserver: user name is empty';
    return Promise.reject(new EtcdSaid(said, 'failed', 'etcd-1'));
  };
  const process = {
    member: 'etcd-1',
    log,
    exited,
    exitCode: undefined as number | undefined,
    spec: { flags: {} },
    client: { range },
    metrics: () => Promise.resolve(leader === undefined ? undefined : `etcd_server_has_leader ${leader ? 1 : 0}\n`),
  };
  if (exitCode !== undefined) {
    setTimeout(() => {
      process.exitCode = exitCode;
      end(exitCode);
    }, SOON_MS);
  }
  const notes: string[] = [];
  const ends = Date.now() + leftMs;
  const context = {
    expectError: textMatcher(expected),
    signal: new AbortController().signal,
    left: () => Math.max(0, ends - Date.now()),
    call: () => ({ timeoutMs: 1000 }),
    waitingFor: () => undefined,
    note: (text: string) => notes.push(text),
  };
  const times = start.times ?? { withoutLeader: NEVER_MS, otherwise: NEVER_MS };
  const error = await expectRefusal(process as unknown as MemberProcess, context as unknown as StepContext, times).then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown as Error,
  );
  return { error, notes };
}

describe('a process that exits', () => {
  it.each([
    ['a JSON line at level warn', '{"level":"warn","msg":"failed to start etcd","error":"member count is unequal"}'],
    ['a JSON line at level fatal', '{"level":"fatal","msg":"discovery failed","error":"member count is unequal"}'],
    ['a critical line of 3.3', '2026-11-30 23:44:18.089646 C | etcdmain: member count is unequal'],
    ['a line of the console format', '2026-11-30T23:46:16Z\tfatal\tetcdmain/etcd.go:204\tmember count is unequal'],
    ['a panic', 'panic: member count is unequal'],
    ['an error of the flags', 'flag provided but not defined: member count is unequal'],
  ])('was refused where %s has the text', async (_, line) => {
    const { error, notes } = await refused(['member count is unequal'], {
      lines: [line, OPEN.slice(0, 3)],
      exitCode: 1,
    });
    expect(error).toBeInstanceOf(EtcdSaid);
    expect((error as EtcdSaid).said).toContain('member count is unequal');
    expect(notes).toEqual(['etcd-1 exited with code 1']);
  });

  it.each([
    ['an info line', '{"level":"info","msg":"member count is unequal"}'],
    ['an info line of 3.3', '2026-11-30 23:44:18.089646 I | etcdmain: member count is unequal'],
    ['a notice of 3.3', '2026-11-30 23:44:18.089646 N | etcdmain: member count is unequal'],
    ["a line of raft's own logger", 'raft2026/11/30 23:44:18 INFO: member count is unequal'],
    ['a debug line of the console format', '2026-11-30T23:46:16Z\tdebug\tetcd.go:204\tmember count is unequal'],
    ['the usage text', 'flag provided but not defined: -x\nUsage:\n  member count is unequal'],
    ['a stack trace', 'panic: x\n\ngoroutine 1 [running]:\nmember count is unequal'],
  ])('was refused for another reason where only %s has the text', async (_, text) => {
    const { error } = await refused(['member count is unequal'], { lines: text.split('\n'), exitCode: 1 });
    expect(error.message).toBe('it failed, but with another error');
  });

  it('was not refused where it served before', async () => {
    const lines = [OPEN, '{"level":"fatal","msg":"disk I/O error"}'];
    const { error } = await refused(['disk I/O error'], { lines, exitCode: 1 });
    expect(error.message).toBe(
      'etcd-1 served before it ended, so its start was not refused: disk I/O error (exited with code 1)',
    );
  });

  it('was not refused where it was killed', async () => {
    const { error } = await refused(['cluster ID mismatch'], { lines: [WARNS], exitCode: 137 });
    expect(error.message).toBe('etcd-1 was killed before it was refused (exit code 137)');
  });

  it('is not taken at the runner’s own words', async () => {
    const { error } = await refused(['exited with code 1'], { lines: [WARNS], exitCode: 1 });
    expect(error.message).toBe('it failed, but with another error');
  });
});

describe('a process that serves', () => {
  it('was not refused, whatever it logged', async () => {
    const { error } = await refused(['mismatch', 'e'], { lines: [WARNS, OPEN], answers: 'serves' });
    expect(error.message).toMatch(/^etcd-1 started and serves, .*; a member that serves was not refused, although/);
  });

  it('is one that asks for a user as well', async () => {
    const times = { withoutLeader: 0, otherwise: 0 };
    const { error } = await refused(['mismatch'], { lines: [WARNS, OPEN], answers: 'another user', times });
    expect(error.message).toMatch(/^etcd-1 started and serves, /);
  });
});

describe('a process that runs on without serving', () => {
  it('was refused once it has known no leader for long enough', async () => {
    const times = { withoutLeader: SOON_MS, otherwise: NEVER_MS };
    const { error, notes } = await refused(['cluster ID mismatch'], { lines: [WARNS], leader: false, times });
    expect((error as EtcdSaid).said).toBe('cluster ID mismatch');
    expect(notes).toEqual([
      expect.stringMatching(/^etcd-1 runs on: it knows no leader and does not serve, confirmed for /),
    ]);
  });

  it.each([
    ['knows a leader', true],
    ['does not take part in raft yet', undefined],
  ])('gets the longer time where it %s', async (_, leader) => {
    const short = { withoutLeader: SOON_MS, otherwise: NEVER_MS };
    const waited = await refused(['mismatch'], { lines: [WARNS], leader, times: short, leftMs: 800 });
    expect(waited.error.message).toContain('the time of the step was too short to confirm that it does not serve');
    const long = { withoutLeader: NEVER_MS, otherwise: SOON_MS };
    const { error } = await refused(['mismatch'], { lines: [WARNS], leader, times: long });
    expect((error as EtcdSaid).said).toBe('cluster ID mismatch');
  });

  it('was not refused by an info line, which the message quotes', async () => {
    const line = '{"level":"info","msg":"cluster ID mismatch"}';
    const times = { withoutLeader: 0, otherwise: 0 };
    const { error } = await refused(['mismatch'], { lines: [line], leader: false, times, leftMs: 100 });
    expect(error.message).toBe(
      'etcd-1 ran on without serving, and never said "mismatch"; only a line below level warn has it, which refuses ' +
        'nothing: cluster ID mismatch',
    );
  });
});

it('gives a member as long as its own election timeout wants', () => {
  expect(confirmTimes({})).toEqual({ withoutLeader: 10_000, otherwise: 30_000 });
  expect(confirmTimes({ 'election-timeout': '5000' })).toEqual({ withoutLeader: 50_000, otherwise: 62_000 });
  expect(confirmTimes({ 'election-timeout': '100' })).toEqual({ withoutLeader: 10_000, otherwise: 30_000 });
});
