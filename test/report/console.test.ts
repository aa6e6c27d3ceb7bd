import { ConsoleReporter } from '../../src/report/console';
import type { EventBody } from '../../src/events';
import { BODIES, CASES, HOSTILE_BODIES, Sink, START_MS, play } from './fixture';
import { expectGolden, harmIn } from './golden';

function consoleOn(
  sink: Sink,
  more: { colour?: boolean; live?: boolean; columns?: () => number; now?: () => number } = {},
) {
  const { colour = false, live = false, columns = () => 100, now = () => START_MS } = more;
  return new ConsoleReporter({ out: sink, colour, live, columns, now, cwd: '/work' });
}

/** Escape sequences in words, a line for each write. */
function spelled(sink: Sink): string {
  const words = sink.writes.map((text) =>
    // eslint-disable-next-line no-control-regex -- spelling them out is the point
    text.replace(/\r\u001b\[(\d+)A\u001b\[0J/g, '<up $1, erase>\n').replace(/\u001b\[(\d+)m/g, ''),
  );
  return words.map((text) => `--- write\n${text}`).join('');
}

describe('in a pipe', () => {
  test('lines, failures, summary', async () => {
    const sink = new Sink();
    await play([consoleOn(sink)]);
    expectGolden('console-plain.txt', sink.text);
    expect(sink.text).not.toContain('\u001b');
  });

  test('colour adds escape sequences and nothing else', async () => {
    const [plain, coloured] = [new Sink(), new Sink()];
    await play([consoleOn(plain), consoleOn(coloured, { colour: true })]);
    expect(coloured.text).toContain('\u001b[32mPASS');
    // eslint-disable-next-line no-control-regex -- taking the colours out again
    expect(coloured.text.replace(/\u001b\[\d+m/g, '')).toBe(plain.text);
  });

  test('a case is printed once, even when it is skipped and finished', async () => {
    const sink = new Sink();
    const [started] = BODIES;
    const id = CASES[3]?.id ?? '';
    const finished = { type: 'case-finished', case: id, verdict: 'skipped', durationMs: 0 } as const;
    const skipped: EventBody = { type: 'case-skipped', case: id, reason: 'why' };
    await play(
      [consoleOn(sink)],
      [started as EventBody, skipped, { ...finished, failure: null, further: [], versions: {} }],
    );
    expect(sink.text.match(/SKIP/g)).toHaveLength(1);
  });

  test('steps that are skipped for one reason have one line', async () => {
    const sink = new Sink();
    const skipped = (id: string, why: string): EventBody => ({
      type: 'step-finished',
      case: CASES[0]?.id ?? '',
      step: { id, phase: 'steps', action: 'kill', sentence: `kill ${id}`, place: { file: 'a', line: 1, column: 1 } },
      status: 'skipped',
      durationMs: 0,
      attempts: 0,
      resolved: [],
      notes: [why],
    });
    const end = BODIES.find((body) => body.type === 'case-finished' && body.case === CASES[0]?.id);
    const all = [skipped('1', 'only for etcd <3.5'), skipped('2', 'other'), skipped('3', 'only for etcd <3.5')];
    await play([consoleOn(sink)], [BODIES[0] as EventBody, ...all, end as EventBody]);
    expect(sink.text).toContain('steps 1, 3 skipped: only for etcd <3.5\n');
    expect(sink.text).toContain('step 2 skipped (kill 2): other\n');
  });

  test('hostile text does no harm', async () => {
    const sink = new Sink();
    await play([consoleOn(sink)], HOSTILE_BODIES);
    expect(sink.text).toContain('alert(1)');
    expect(harmIn(sink.text)).toEqual([]);
  });
});

describe('on a terminal', () => {
  beforeEach(() => jest.useFakeTimers({ now: START_MS }));
  afterEach(() => jest.useRealTimers());

  test('a live region below the finished lines', () => {
    const sink = new Sink();
    const reporter = consoleOn(sink, { live: true, columns: () => 90, now: () => Date.now() });
    BODIES.forEach((body, index) => {
      reporter.event({ ...body, v: 1, run: 'r', seq: index + 1, time: new Date().toISOString() });
      if (body.type === 'step-waiting') jest.advanceTimersByTime(3000);
      else if (body.type !== 'case-finished') jest.advanceTimersByTime(250);
    });
    reporter.finish();
    expect(jest.getTimerCount()).toBe(0);
    expectGolden('console-live.txt', spelled(sink));
  });

  test('at most five redraws a second, however many events', () => {
    const sink = new Sink();
    const reporter = consoleOn(sink, { live: true, now: () => Date.now() });
    const head = { v: 1 as const, run: 'r', seq: 1, time: '' };
    const [started] = BODIES;
    reporter.event({ ...head, ...(started as EventBody) });
    reporter.event({ ...head, type: 'case-started', case: CASES[0]?.id ?? '' });
    const before = sink.writes.length;
    for (let i = 0; i < 1000; i++) {
      const step = {
        id: '1',
        phase: 'steps' as const,
        action: 'x',
        sentence: `s${i}`,
        place: { file: 'f', line: 1, column: 1 },
      };
      reporter.event({ ...head, type: 'step-started', case: CASES[0]?.id ?? '', step });
      jest.advanceTimersByTime(1);
    }
    expect(sink.writes.length - before).toBeLessThanOrEqual(5);
    reporter.finish();
  });

  test('lines are cut to the terminal, wide characters counted twice; a narrower terminal is erased whole', () => {
    const sink = new Sink();
    let columns = 60;
    const reporter = consoleOn(sink, { live: true, columns: () => columns, now: () => Date.now() });
    const head = { v: 1 as const, run: 'r', seq: 1, time: '' };
    const ref = { ...CASES[0], id: 'a', name: '三人の成員のうち一人が消えて戻らない話'.repeat(3) } as (typeof CASES)[0];
    const [started] = BODIES;
    reporter.event({ ...head, ...(started as Extract<EventBody, { type: 'run-started' }>), cases: [ref] });
    reporter.event({ ...head, type: 'case-started', case: 'a' });
    const step = {
      id: '1',
      phase: 'steps' as const,
      action: 'x',
      sentence: '長い文'.repeat(30),
      place: { file: 'f', line: 1, column: 1 },
    };
    reporter.event({ ...head, type: 'step-started', case: 'a', step });
    jest.advanceTimersByTime(250);
    const [line = ''] = (sink.writes.at(-1) ?? '').split('\n');
    expect(line).toMatch(/…$/);
    expect(Array.from(line).reduce((sum, c) => sum + (c > '\u2fff' ? 2 : 1), 0)).toBeLessThanOrEqual(59);
    columns = 30;
    reporter.finish();
    expect(sink.writes.at(-1)).toBe('\r\u001b[3A\u001b[0J');
  });

  test('a stream that breaks stops the drawing and is told at the next call', () => {
    const sink = new Sink();
    let broken = false;
    const out = {
      write(text: string) {
        if (broken) throw new Error('EPIPE');
        sink.write(text);
      },
    };
    const reporter = new ConsoleReporter({ out, colour: false, live: true, columns: () => 80, now: () => Date.now() });
    const head = { v: 1 as const, run: 'r', seq: 1, time: '' };
    const [started] = BODIES;
    reporter.event({ ...head, ...(started as EventBody) });
    reporter.event({ ...head, type: 'case-started', case: CASES[0]?.id ?? '' });
    broken = true;
    jest.advanceTimersByTime(1000);
    expect(jest.getTimerCount()).toBe(0);
    expect(() => reporter.finish()).toThrow('EPIPE');
  });

  test('hostile text does no harm', () => {
    const sink = new Sink();
    const reporter = consoleOn(sink, { live: true, colour: true, columns: () => 2000, now: () => Date.now() });
    for (const body of HOSTILE_BODIES) {
      reporter.event({ ...body, v: 1, run: 'r', seq: 1, time: '' });
      jest.advanceTimersByTime(250);
    }
    reporter.finish();
    expect(sink.text).toContain('waiting for');
    expect(harmIn(sink.text)).toEqual([]);
  });
});
