/** Deadlines of calls to the engine, on a modem of the test's own and a clock that the test moves. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type Dockerode from 'dockerode';
import { EngineSilence, nameOf, watched, type DialOptions } from '../../src/cluster/docker/watch';
import { EnvironmentError } from '../../src/errors';

type Callback = (error: unknown, answer?: unknown) => void;

/** An engine that answers what the test lets it answer. */
function fakeEngine(answers: (path: string) => boolean) {
  const said: string[] = [];
  const dialed: string[] = [];
  const modem = {
    dial: ({ path, isStream }: DialOptions, callback: Callback): void => {
      dialed.push(path);
      if (answers(path)) setTimeout(() => callback(null, isStream ? new PassThrough() : 'OK'), 10);
    },
  };
  const { docker, giveUp } = watched({ modem } as unknown as Dockerode, {
    say: (message) => said.push(message),
  });
  const dial = (method: string, path: string, more: Partial<DialOptions> = {}): Promise<unknown> =>
    new Promise((resolve, reject) =>
      (docker.modem as unknown as typeof modem).dial({ method, path, ...more }, (error, answer) =>
        error instanceof Error ? reject(error) : resolve(answer),
      ),
    );
  return { dial, giveUp, said, dialed };
}

/** What became of a promise by now. */
function outcomeOf(promise: Promise<unknown>): { error?: unknown; answer?: unknown } {
  const outcome: { error?: unknown; answer?: unknown } = {};
  promise.then(
    (answer) => (outcome.answer = answer),
    (error: unknown) => (outcome.error = error),
  );
  return outcome;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a call that is answered is passed on', async () => {
  const { dial, said } = fakeEngine(() => true);
  const outcome = outcomeOf(dial('GET', '/info'));
  await jest.advanceTimersByTimeAsync(1000);
  expect(outcome).toEqual({ answer: 'OK' });
  expect(said).toEqual([]);
});

test('a call that stays without an answer fails within 26 s, alone, and is told of before', async () => {
  const { dial, said } = fakeEngine((path) => path === '/_ping');
  const outcome = outcomeOf(dial('POST', '/containers/create?'));
  await jest.advanceTimersByTimeAsync(12_000);
  expect(outcome).toEqual({});
  expect(said).toEqual([
    expect.stringMatching(
      /^waiting for the Docker engine to answer POST \/containers\/create: \d+s so far, at most 25s$/,
    ),
  ]);
  await jest.advanceTimersByTimeAsync(14_000);
  expect(outcome.error).toBeInstanceOf(EngineSilence);
  expect((outcome.error as Error).message).toMatch(
    /did not answer POST \/containers\/create within \d+s, although it answers others/,
  );
});

test('an engine that answers nothing is lost: all calls fail, later ones soon, until it answers again', async () => {
  let isFrozen = false;
  const { dial } = fakeEngine(() => !isFrozen);
  const stream = (
    await Promise.all([dial('GET', '/containers/a/logs?', { isStream: true }), jest.advanceTimersByTimeAsync(20)])
  )[0] as PassThrough;
  const broken = new Promise((resolve) => stream.once('error', resolve));
  isFrozen = true;
  const call = outcomeOf(dial('POST', '/containers/a/start?'));
  await jest.advanceTimersByTimeAsync(25_000);
  expect((call.error as Error).message).toMatch(/did not answer POST \/containers\/a\/start within \d+s, nor a ping/);
  expect(await broken).toBe(call.error);
  const later = [outcomeOf(dial('GET', '/info')), outcomeOf(dial('GET', '/version'))];
  await jest.advanceTimersByTimeAsync(2500);
  expect(later.map(({ error }) => error)).toEqual([call.error, call.error]);
  const atOnce = outcomeOf(dial('GET', '/info'));
  await jest.advanceTimersByTimeAsync(10);
  expect(atOnce.error).toBe(call.error);
  isFrozen = false;
  await jest.advanceTimersByTimeAsync(11_000);
  const again = outcomeOf(dial('GET', '/info'));
  await jest.advanceTimersByTimeAsync(1000);
  expect(again).toEqual({ answer: 'OK' });
});

test('a quiet stream lives as long as pings are answered', async () => {
  const { dial, dialed } = fakeEngine(() => true);
  const waiting = outcomeOf(dial('POST', '/containers/a/wait?', { isStream: true }));
  await jest.advanceTimersByTimeAsync(120_000);
  const stream = waiting.answer as PassThrough;
  expect(stream.destroyed).toBe(false);
  expect(dialed.filter((path) => path === '/_ping').length).toBeGreaterThan(10);
  stream.destroy();
});

test('time that this process slept away is not the engine’s silence', async () => {
  const { dial } = fakeEngine((path) => path === '/_ping');
  const outcome = outcomeOf(dial('GET', '/info'));
  const clock = jest.spyOn(performance, 'now');
  const real = clock.getMockImplementation();
  const before = performance.now();
  clock.mockImplementation(() => before + 60_000);
  await jest.advanceTimersByTimeAsync(250);
  clock.mockImplementation(real ?? (() => before + 60_250));
  expect(outcome).toEqual({});
  clock.mockRestore();
});

test('a caller that gives up is let go, with its own error, and asks in vain from then on', async () => {
  const { dial, giveUp } = fakeEngine(() => false);
  const outcome = outcomeOf(dial('GET', '/info'));
  const error = new EnvironmentError('enough');
  giveUp(3500, error);
  await jest.advanceTimersByTimeAsync(3000);
  expect(outcome).toEqual({});
  await jest.advanceTimersByTimeAsync(1000);
  expect(outcome.error).toBe(error);
  await expect(dial('GET', '/info')).rejects.toBe(error);
});

test('the name of a call has no query, and IDs as Docker prints them', () => {
  const id = '1f0c'.repeat(16);
  expect(nameOf({ method: 'POST', path: `/containers/${id}/start?` })).toBe('POST /containers/1f0c1f0c1f0c/start');
});

test('one file finds the engine, so that no call goes without a deadline', () => {
  const src = join(__dirname, '../../src');
  const finders = readdirSync(src, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => {
      const text = readFileSync(join(src, file), 'utf8').replace(/^\s*(\/?\*|\/\/).*$/gm, '');
      return /new (Dockerode|Docker)\b|getContainerRuntimeClient|import (?!type)[^;]*'(dockerode|testcontainers)|import\('(dockerode|testcontainers)/.test(
        text,
      );
    });
  expect(finders).toEqual(['cluster/docker/engine.ts']);
});
