import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { after, abortable, formatDeadline, formatDuration, parseDuration, poll, sleep } from '../../src/clock';

const never = (): AbortSignal => new AbortController().signal;

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['3s', 3000],
    ['1.5s', 1500],
    ['0.25s', 250],
    ['2m', 120_000],
    ['2min', 120_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['1m30s', 90_000],
    ['1h2m3s4ms', 3_723_004],
    ['0s', 0],
    ['0.4ms', 0],
    ['1000000h', 24 * 86_400_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '3', 's', '3 s', '-3s', '+3s', '3sec', '1.s', '.5s', '3s ', ' 3s', '3s1', '1e3s', '3S', '٣s'])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );

  it('never overflows a timer of JavaScript, which would fire at once', () => {
    expect(parseDuration('365d')).toBeLessThan(2 ** 31 - 1000);
  });

  it.each([
    [0, '0 ms'],
    [40.4, '40 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1000, '1 s'],
    [3249, '3.2 s'],
    [59_949, '59.9 s'],
    [59_951, '1 m'],
    [65_000, '1 m 5 s'],
    [120_000, '2 m'],
    [3_600_000, '60 m'],
  ])('of %d ms is shown as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each(['3s', '1.5s', '500ms', '2m', '1m30s'])('%s comes back from milliseconds as it was written', (text) => {
    expect(formatDeadline(parseDuration(text) ?? -1)).toBe(text);
  });
});

describe('poll', () => {
  it('looks at least once, even where there is no time', async () => {
    const look = jest.fn(async () => undefined);
    expect(await poll(look, { withinMs: 0, signal: never() })).toBeUndefined();
    expect(look).toHaveBeenCalledTimes(1);
  });

  it('answers what was found, and looks no more', async () => {
    let looks = 0;
    const found = await poll(async () => (++looks === 3 ? 'found' : undefined), {
      withinMs: 5000,
      signal: never(),
      intervalMs: 1,
    });
    expect([found, looks]).toEqual(['found', 3]);
  });

  it('takes false and empty texts for answers', async () => {
    expect(await poll(async () => false, { withinMs: 1000, signal: never() })).toBe(false);
    expect(await poll(async () => '', { withinMs: 1000, signal: never() })).toBe('');
  });

  it('ends when time is over, and looks once more at the end', async () => {
    const began = performance.now();
    let last = 0;
    await poll(async () => void (last = performance.now()), { withinMs: 120, signal: never(), intervalMs: 80 });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(last - began).toBeGreaterThanOrEqual(118);
  });

  it('pauses longer each time, up to a limit', async () => {
    const times: number[] = [];
    const options = { withinMs: 400, signal: never(), intervalMs: 10, maxIntervalMs: 40 };
    await poll(async () => void times.push(performance.now()), options);
    expect(times.length).toBeGreaterThanOrEqual(6);
    expect(times.length).toBeLessThan(25);
  });

  it('is woken once, by whatever settles', async () => {
    for (const wake of [Promise.resolve(), Promise.reject(new Error('gone'))]) {
      let looks = 0;
      const began = performance.now();
      const options = { withinMs: 5000, signal: never(), intervalMs: 4000, maxIntervalMs: 4000, wake };
      expect(await poll(async () => (++looks === 2 ? true : undefined), options)).toBe(true);
      expect(performance.now() - began).toBeLessThan(3500);
    }
  });

  it('is woken in the middle of a pause, and pauses as ever after that', async () => {
    const looks: number[] = [];
    const began = performance.now();
    const options = { withinMs: 3500, signal: never(), intervalMs: 1500, maxIntervalMs: 1500, wake: sleep(50) };
    await poll(async () => void looks.push(performance.now() - began), options);
    expect(looks[1]).toBeLessThan(1400);
    expect((looks[2] ?? 0) - (looks[1] ?? 0)).toBeGreaterThan(1300);
  });

  it('throws what looking throws, and the reason of an abort', async () => {
    const thrown = new Error('broken');
    await expect(poll(() => Promise.reject(thrown), { withinMs: 1000, signal: never() })).rejects.toBe(thrown);
    const controller = new AbortController();
    const polling = poll(async () => undefined, { withinMs: 10_000, signal: controller.signal, intervalMs: 5000 });
    const reason = new Error('interrupted');
    controller.abort(reason);
    await expect(polling).rejects.toBe(reason);
  });
});

describe('sleep and abortable', () => {
  it('end at once when the signal was aborted before, or is aborted meanwhile', async () => {
    const reason = new Error('over');
    await expect(sleep(10_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(abortable(new Promise(() => undefined), AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = [sleep(10_000, controller.signal), abortable(new Promise(() => undefined), controller.signal)];
    controller.abort('a word');
    for (const one of waiting) await expect(one).rejects.toThrow('aborted');
  });

  it('leave no listener behind', async () => {
    const { signal } = new AbortController();
    const add = jest.spyOn(signal, 'addEventListener');
    const remove = jest.spyOn(signal, 'removeEventListener');
    await sleep(1, signal);
    await abortable(Promise.resolve(), signal);
    await abortable(Promise.reject(new Error('x')), signal).catch(() => undefined);
    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length);
  });
});

describe('a signal that is aborted after a while', () => {
  it('is so although nobody holds it but what was made of it, and memory is collected', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const signal = AbortSignal.any([never(), after(300)]);
    const aborted = new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    const over = new AbortController();
    const tooLate = sleep(4000, over.signal).then(
      () => 'it never was',
      () => undefined,
    );
    expect(await Promise.race([aborted, tooLate])).toEqual(new Error('it took longer than 300 ms'));
    over.abort();
  });
});
