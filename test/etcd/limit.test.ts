import { once } from 'node:events';
import { createServer, constants, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectEtcd } from '../../src/cluster/etcd/client';
import type { EtcdClient } from '../../src/cluster/client';
import { PLAIN } from '../../src/cluster/security';

/** A member that takes every request and answers none. */
let silent: Http2Server;
let client: EtcdClient;
const streams: ServerHttp2Stream[] = [];

beforeEach(async () => {
  streams.length = 0;
  silent = createServer().on('stream', (stream) => streams.push(stream.on('error', () => undefined).resume()));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  client = connectEtcd('etcd-1', `127.0.0.1:${(silent.address() as AddressInfo).port}`, PLAIN);
});

afterEach(() => {
  client.close();
  streams.forEach((stream) => stream.session?.destroy());
  silent.close();
});

const call = { timeoutMs: 300 };

test.each<[what: string, ask: () => Promise<unknown>]>([
  ['a request', () => client.put({ key: 'a', value: 'b' }, call)],
  ['a stream of answers', () => client.snapshot(join(tmpdir(), `limit-test-${process.pid}.db`), call)],
  ['a stream both ways', () => client.leaseKeepAliveOnce('1', call)],
])('%s is over at its deadline, and the member is told', async (_, ask) => {
  await expect(ask()).rejects.toMatchObject({ said: 'deadline exceeded after 300ms', outcome: 'unknown' });
  const [stream] = streams;
  if (stream && !stream.closed) await once(stream, 'close');
  expect(stream?.rstCode).toBe(constants.NGHTTP2_CANCEL);
});

test('a snapshot whose file can’t be written asks for nothing', async () => {
  const told = client.snapshot(join(tmpdir(), 'no-such-folder', 'a.db'), call);
  await expect(told).rejects.toThrow('ENOENT');
  expect(streams).toHaveLength(0);
});

test('an interrupted request ends at once, with the reason', async () => {
  const run = new AbortController();
  const asked = client.status({ timeoutMs: 60_000, signal: run.signal });
  while (streams.length === 0) await once(silent, 'stream');
  run.abort(new Error('interrupted'));
  await expect(asked).rejects.toThrow('interrupted');
});

test('errors made while requests are under way have their stack traces', async () => {
  const limit = Error.stackTraceLimit;
  const asked = [1, 2, 3].map(() => client.status(call));
  while (streams.length < asked.length) await once(silent, 'stream');
  expect(Error.stackTraceLimit).toBe(limit);
  expect(new Error('here').stack).toContain('limit.test.ts');
  await Promise.allSettled(asked);
});
