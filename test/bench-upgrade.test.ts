/** The time of a case, given to etcd, to the engine and to us: a run written by hand, with the answer counted by hand. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const WAITS = pathToFileURL(path.resolve(__dirname, '../bench/waits.mjs')).href;
const DRILL = 'steps:\n  - start: etcd-1\n  - expect: {healthy: all}\n    for: 2s\n  - stop: etcd-1\n';

interface Judged {
  wall: number;
  etcd: number;
  engine: number;
  ours: number;
  kinds: Record<string, number>;
}

function at(ms: number): string {
  return new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
}

function step(id: string, action: string, line: number): object {
  return { id, phase: 'steps', action, sentence: action, place: { file: 'drill.yaml', line, column: 5 } };
}

function finished(ms: number, about: object): object {
  return { time: at(ms), type: 'step-finished', step: about, status: 'passed', durationMs: 0, attempts: 1 };
}

function judged(events: readonly object[], log: string): Judged {
  const folder = mkdtempSync(path.join(tmpdir(), 'etcd-scenarios-test-'));
  try {
    const logPath = path.join(folder, 'etcd-1-1.log');
    writeFileSync(logPath, log);
    const script =
      `import { judgeCase } from ${JSON.stringify(WAITS)};` +
      `const told = judgeCase(${JSON.stringify(events)}, { logOf: () => ${JSON.stringify(logPath)}, textOf: () => ${JSON.stringify(DRILL)} });` +
      `console.log(JSON.stringify(told));`;
    return JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
    ) as Judged;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const START = step('1', 'start', 2);
const EXPECT = step('2', 'expect', 3);
const STOP = step('3', 'stop', 5);

function events(exitCode: number): object[] {
  const member = { member: 'etcd-1', incarnation: 1 };
  return [
    { time: at(0), type: 'case-started' },
    { time: at(500), type: 'step-started', step: START },
    { time: at(900), type: 'member-started', ...member },
    { time: at(900), type: 'step-waiting', step: '1', waitingFor: 'etcd-1 to serve' },
    finished(2100, START),
    { time: at(2100), type: 'step-started', step: EXPECT },
    finished(4200, EXPECT),
    { time: at(4200), type: 'step-started', step: STOP },
    { time: at(4200), type: 'step-waiting', step: '3', waitingFor: 'etcd-1 to end' },
    { time: at(5000), type: 'member-exited', ...member, exitCode },
    finished(5000, STOP),
    { time: at(6000), type: 'case-finished', verdict: 'passed' },
  ];
}

function line(ms: number, msg: string): string {
  return `${JSON.stringify({ level: 'info', ts: at(ms), msg })}\n`;
}

const UP = line(1000, 'starting') + line(2000, 'ready to serve client requests');

describe('the time of a case', () => {
  it('is etcd’s while it starts, stops and holds as asked, and the engine’s around that', () => {
    const log = UP + line(4250, 'received signal; shutting down') + line(4850, 'closed etcd server');
    const { wall, etcd, engine, ours, kinds } = judged(events(0), log);
    expect(kinds).toMatchObject({ start: 1000, asked: 2000, stop: 600, refused: 0 });
    // 500 before the first step, 500 to the first line, 50 to the signal, 150 to the exit, 1000 of removal.
    expect({ wall, etcd, engine, ours }).toEqual({ wall: 6000, etcd: 3600, engine: 2200, ours: 200 });
  });

  it('is the engine’s from SIGKILL to the end, and not from the last line', () => {
    const { etcd, engine, ours } = judged(events(137), UP);
    expect({ etcd, engine, ours }).toEqual({ etcd: 3000, engine: 2800, ours: 200 });
  });

  it('reads etcd 3.3’s own lines', () => {
    const log =
      '2026-01-01 00:00:01.000000 I | etcdmain: up\n2026-01-01 00:00:02.000000 I | embed: ready to serve client requests\n';
    expect(judged(events(137), log).kinds).toMatchObject({ start: 1000 });
  });

  it('is etcd’s until it says what a step waits for, and ours after it', () => {
    const upgrade = step('1', 'upgrade', 2);
    const told = [
      { time: at(0), type: 'case-started' },
      { time: at(0), type: 'step-started', step: upgrade },
      { time: at(0), type: 'member-started', member: 'etcd-1', incarnation: 1 },
      { time: at(3000), type: 'step-waiting', step: '1', waitingFor: 'the cluster version to be 3.6' },
      finished(7100, upgrade),
      { time: at(7100), type: 'case-finished', verdict: 'passed' },
    ];
    const { kinds, ours } = judged(told, UP + line(7000, 'updated cluster version'));
    expect(kinds).toMatchObject({ wait: 4000 });
    // 2000 to 3000, which no wait explains, and 100 after the line.
    expect(ours).toBe(1100);
  });
});
