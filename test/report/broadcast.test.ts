import { Broadcast } from '../../src/report';
import type { Reporter, RunEvent } from '../../src/events';

function listening(name = 'listening'): Reporter & { heard: RunEvent[]; ended: number } {
  return {
    name,
    heard: [],
    ended: 0,
    event(event) {
      this.heard.push(event);
    },
    finish() {
      this.ended++;
    },
  };
}

test('events are numbered and stamped', () => {
  const reporter = listening();
  const broadcast = new Broadcast('r-1', [reporter], () => 1_000);
  const event = broadcast.emit({ type: 'progress', message: 'a' });
  broadcast.emit({ type: 'progress', message: 'b' });
  expect(event).toEqual({ v: 1, run: 'r-1', seq: 1, time: '1970-01-01T00:00:01.000Z', type: 'progress', message: 'a' });
  expect(reporter.heard.map(({ seq }) => seq)).toEqual([1, 2]);
});

test('a reporter that throws hides nobody, is not called again, and is told of', async () => {
  let calls = 0;
  let ended = 0;
  const bad: Reporter = {
    name: 'bad',
    event() {
      calls++;
      throw new Error('disk full');
    },
    finish() {
      ended++;
    },
  };
  const [before, after] = [listening('before'), listening('after')];
  const broadcast = new Broadcast('r', [before, bad, after], () => 0);
  broadcast.emit({ type: 'progress', message: 'a' });
  broadcast.emit({ type: 'progress', message: 'b' });
  await broadcast.finish();
  expect([before.heard.length, after.heard.length, calls]).toEqual([2, 2, 1]);
  expect([before.ended, after.ended, ended]).toEqual([1, 1, 0]);
  expect(broadcast.problems()).toEqual([{ reporter: 'bad', error: new Error('disk full') }]);
});

test('finish that throws or rejects is told of, the others finish', async () => {
  const failing = (name: string, finish: () => Promise<void> | void): Reporter => ({
    name,
    event: () => undefined,
    finish,
  });
  const throwing = failing('throws', () => {
    throw new Error('1');
  });
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- reporters may do anything
  const rejecting = failing('rejects', () => Promise.reject('2'));
  const good = listening();
  const broadcast = new Broadcast(
    'r',
    [throwing, rejecting, { name: 'silent', event: () => undefined }, good],
    () => 0,
  );
  await broadcast.finish();
  expect(good.ended).toBe(1);
  expect(broadcast.problems().map(({ reporter, error }) => [reporter, error.message])).toEqual([
    ['throws', '1'],
    ['rejects', '2'],
  ]);
});

test('an async event that rejects does not end the process', async () => {
  const late: Reporter = { name: 'late', event: () => Promise.reject(new Error('later')) as unknown as void };
  const broadcast = new Broadcast('r', [late], () => 0);
  broadcast.emit({ type: 'progress', message: 'a' });
  await new Promise((resolve) => setImmediate(resolve));
  await broadcast.finish();
  expect(broadcast.problems()).toEqual([{ reporter: 'late', error: new Error('later') }]);
});
