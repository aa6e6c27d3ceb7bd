// Acknowledged writes a second of the workload's recorder against a bare etcd3 loop: the same member, as many writers, in
// turn; see README.md. A bound that does not hold is said and is no failure.
// Options: --rounds N (9), --seconds N (3), --writers N (16).
import { Buffer } from 'node:buffer';
import console from 'node:console';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const VERSION = process.env.ETCD_VERSION ?? '3.5.35';
const WANTED = 0.9;
const KEYS = 64;
const VALUE_BYTES = 128;
const TIMEOUT_MS = 5000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '3' },
    writers: { type: 'string', default: '16' },
  },
});
const [rounds, seconds, writers] = [values.rounds, values.seconds, values.writers].map(Number);

if (!existsSync(join(ROOT, 'dist/index.js'))) throw new Error('dist is missing; npm run build makes it');
const { run } = require(join(ROOT, 'dist/index.js'));
const { connectEtcd } = require(join(ROOT, 'dist/cluster/etcd/client.js'));
const { PLAIN } = require(join(ROOT, 'dist/cluster/security.js'));
const { Recorder } = require(join(ROOT, 'dist/workload/recorder.js'));
const { Workload } = require(join(ROOT, 'dist/workload/workload.js'));
const { Etcd3 } = require('etcd3');

const folder = mkdtempSync(join(tmpdir(), 'etcd-scenarios-bench-'));
const ending = new globalThis.AbortController();

/** One member for both sides, up until the end. */
async function startMember() {
  writeFileSync(join(folder, 'one.yaml'), 'name: one member\nmembers: 1\nsteps: [{start: all}, {sleep: 1h}]\n');
  let tell;
  const serving = new Promise((resolve) => (tell = resolve));
  const listener = { name: 'bench', event: (event) => event.type === 'member-serving' && tell(event.endpoint) };
  const request = { paths: ['one.yaml'], cwd: folder, reports: null, reporters: [listener], etcd: [VERSION] };
  const ended = run({ ...request, images: { pull: 'never' }, timeoutMs: 3_600_000, signal: ending.signal });
  const endpoint = await Promise.race([serving, ended.then(() => undefined)]);
  if (endpoint === undefined) throw new Error('the member did not start');
  return { endpoint, ended };
}

/**
 * What one would write without a runner: so many writers, each with one put in flight, nothing written down. With `alike`
 * each asks what the workload asks: for the value before, and within five seconds.
 */
async function bare(endpoint, alike) {
  const etcd = new Etcd3({ hosts: `http://${endpoint}`, grpcOptions: { 'grpc.enable_http_proxy': 0 } });
  const value = Buffer.alloc(VALUE_BYTES, '.');
  const end = performance.now() + seconds * 1000;
  let acknowledged = 0;
  const write = async (writer) => {
    for (let turn = writer; performance.now() < end; turn += writers) {
      const key = `/bare/${turn % KEYS}`;
      if (!alike) await etcd.put(key).value(value);
      else await etcd.kv.put({ key: Buffer.from(key), value, prev_kv: true }, { deadline: Date.now() + TIMEOUT_MS });
      acknowledged++;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const perSecond = (acknowledged * 1000) / (performance.now() - began);
  etcd.close();
  return perSecond;
}

/** The same through the workload, with everything that it keeps and writes down. */
async function recorded(endpoint, round) {
  const client = connectEtcd('etcd-1', endpoint, PLAIN);
  const recorder = new Recorder(join(folder, `workload-${round}.ndjson`));
  const settings = {
    writers,
    readers: 0,
    keys: KEYS,
    valueBytes: VALUE_BYTES,
    transactions: 0,
    leases: 0,
    timeoutMs: TIMEOUT_MS,
  };
  const candidates = () => [{ member: 'etcd-1', incarnation: 1, client }];
  const workload = new Workload({ settings, candidates, recorder, signal: new globalThis.AbortController().signal });
  const began = performance.now();
  workload.start();
  await sleep(seconds * 1000);
  await workload.stop();
  await recorder.close();
  const perSecond = (workload.writes.acknowledged * 1000) / (performance.now() - began);
  client.close();
  return perSecond;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function main() {
  const { endpoint, ended } = await startMember();
  const results = [];
  try {
    // Nobody is measured with cold code.
    await bare(endpoint, false);
    await bare(endpoint, true);
    await recorded(endpoint, 0);
    for (let round = 1; round <= rounds; round++) {
      // Who goes first changes: the disk and the other jobs of the machine are no friends of either.
      const sides = {
        bare: () => bare(endpoint, false),
        alike: () => bare(endpoint, true),
        recorded: () => recorded(endpoint, round),
      };
      const result = {};
      const order = Object.keys(sides);
      for (const side of round % 2 ? order : order.toReversed()) result[side] = await sides[side]();
      results.push(result);
      const cells = [result.bare, result.alike, result.recorded].map(Math.round);
      console.log(`| ${[round, ...cells, (result.recorded / result.bare).toFixed(2)].join(' | ')} |`);
    }
  } finally {
    ending.abort();
    await ended;
  }
  const ratio = median(results.map((result) => result.recorded / result.bare));
  const toAlike = median(results.map((result) => result.recorded / result.alike));
  const verdict = ratio >= WANTED ? 'holds' : 'does NOT hold';
  console.log(`\netcd ${VERSION}, ${writers} writers, ${seconds} s each, load ${loadavg()[0].toFixed(1)}`);
  console.log(`recorded / bare, median: ${ratio.toFixed(2)}; wanted: at least ${WANTED}: ${verdict}`);
  console.log(`recorded / bare that asks the same, median: ${toAlike.toFixed(2)}`);
}

console.log('| round | bare etcd3 (writes/s) | bare, asking the same | recorded | recorded / bare |');
console.log('| ---: | ---: | ---: | ---: | ---: |');
await main().finally(() => rmSync(folder, { recursive: true, force: true }));
