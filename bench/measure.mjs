// Measures the drills by hand against `etcd-scenarios run`, and what a command costs beside `node -e 0`.
// A bound that does not hold is said and is no failure; the exit code is 1 only where something failed to run.
import { execFileSync, spawn } from 'node:child_process';
import console from 'node:console';
import {
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CLI = join(ROOT, 'dist/cli/main.js');
const VERSION = process.env.ETCD_VERSION ?? '3.5.35';
const DRILLS = [
  'bootstrap/first-member',
  'bootstrap/stray-second-cluster',
  'bootstrap/both-new-mismatch',
  'bootstrap/existing-without-add',
  'bootstrap/static',
  'membership/add-second',
  'membership/add-third',
  'recovery/minority-with-data',
  'recovery/minority-without-data',
  'recovery/majority-with-data',
  'recovery/majority-from-snapshot',
  'recovery/majority-from-live-member',
  'recovery/nothing-left',
];
const WANTED = { ratio: 1, wholeSet: 0.4, help: 2, validate: 5, peakMiB: 250 };
const SHORT_RUNS = 10;
const VALIDATED_FILES = 100;
const USAGE = `bench/run.sh [--rounds N] [--only NAME]… [--calm]

  --rounds N    how often each drill is measured, by hand and ours in turn (3)
  --only NAME   this drill only, such as bootstrap/static; may be given again. The whole set is then left out
  --calm        before each measurement waits, two minutes at most, until the machine is idle
  ETCD_VERSION  the etcd version of both sides (3.5.35)
`;

const folder = mkdtempSync(join(tmpdir(), 'etcd-scenarios-bench-'));
const failures = [];
let calm = false;

async function main() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: [] },
      calm: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const unknown = values.only.filter((name) => !DRILLS.includes(name));
  const rounds = Number(values.rounds);
  if (values.help || unknown.length > 0 || !(Number.isInteger(rounds) && rounds > 0)) {
    if (unknown.length > 0) console.error(`no such drill: ${unknown.join(', ')}\n`);
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  calm = values.calm;
  const names = values.only.length > 0 ? DRILLS.filter((name) => values.only.includes(name)) : DRILLS;
  const results = { etcd: VERSION, rounds, machine: machine(), loadBefore: loadavg() };
  Object.assign(results, await measureDrills(names, rounds, values.only.length === 0));
  if (values.only.length === 0) results.commands = await measureCommands();
  results.loadAfter = loadavg();
  results.failures = failures;
  results.bounds = boundsOf(results);
  writeFileSync(join(ROOT, 'reports/bench.json'), `${JSON.stringify(results, null, 2)}\n`);
  console.log(markdown(results));
  return failures.length > 0 ? 1 : 0;
}

function machine() {
  const engine = execFileSync('docker', ['version', '--format', '{{.Server.Version}}'], { encoding: 'utf8' }).trim();
  return { cpus: cpus().length, node: process.version, docker: engine };
}

async function measureDrills(names, rounds, withWholeSet) {
  const drills = names.map((name) => ({ name, byHand: [], ours: [] }));
  const wholeSet = { byHand: [], ours: [], peakMiB: [] };
  for (let round = 1; round <= rounds; round++) {
    for (const drill of drills) {
      await keep(drill.byHand, `by hand ${drill.name}`, [join(ROOT, `bench/by-hand/${drill.name}.sh`)]);
      await keep(drill.ours, `ours ${drill.name}`, ours([drill.name], ['--jobs', '1']));
      say(`round ${round}/${rounds} ${drill.name}: by hand ${last(drill.byHand)}, ours ${last(drill.ours)}`);
    }
    if (!withWholeSet) continue;
    wholeSet.byHand.push(sum(drills.map(({ byHand }) => byHand.at(-1) ?? NaN)));
    await keep(wholeSet.ours, 'ours, the whole set', ours(names), wholeSet.peakMiB);
    say(`round ${round}/${rounds} the whole set: by hand ${last(wholeSet.byHand)}, ours ${last(wholeSet.ours)}`);
  }
  return withWholeSet ? { drills, wholeSet } : { drills };
}

function ours(names, more = []) {
  const files = names.map((name) => join(ROOT, `scenarios/${name}.yaml`));
  const reports = join(folder, 'reports');
  const options = ['--etcd', VERSION, '--pull', 'never', '--reporter', 'ndjson', '--reports', reports];
  return [process.execPath, CLI, 'run', ...files, ...options, ...more];
}

async function measureCommands() {
  const copies = join(folder, 'copies');
  mkdirSync(copies);
  const files = Array.from({ length: VALIDATED_FILES }, (_, i) => {
    const file = join(copies, `drill-${String(i).padStart(3, '0')}.yaml`);
    copyFileSync(join(ROOT, `scenarios/${DRILLS[i % DRILLS.length]}.yaml`), file);
    return file;
  });
  const node = process.execPath;
  const times = { node: [], help: [], validate: [] };
  for (let i = 0; i < SHORT_RUNS; i++) {
    await keep(times.node, 'node -e 0', [node, '-e', '0']);
    await keep(times.help, '--help', [node, CLI, '--help']);
    await keep(times.validate, `validate of ${VALIDATED_FILES} files`, [node, CLI, 'validate', ...files]);
  }
  return times;
}

/** Runs a command, keeps its seconds where it succeeded, and its peak memory where that is asked for. */
async function keep(seconds, what, command, peaks) {
  if (calm) await untilIdle();
  const log = join(folder, 'output');
  const { code, elapsed, peakMiB } = await timed(command, log);
  if (code === 0) {
    seconds.push(elapsed);
    peaks?.push(peakMiB);
    return;
  }
  const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n');
  failures.push({ what, code, tail });
  console.error(`${what} failed with ${code}:\n${tail}`);
}

/** Waits until four fifths of the machine have been idle for half a second, two minutes at most. */
async function untilIdle() {
  const end = Date.now() + 120_000;
  for (let before = cpuTicks(); Date.now() < end;) {
    await sleep(500);
    const after = cpuTicks();
    if (after.idle - before.idle > 0.8 * (after.total - before.total)) return;
    before = after;
  }
}

function cpuTicks() {
  const times = cpus().map((cpu) => cpu.times);
  return { idle: sum(times.map(({ idle }) => idle)), total: sum(times.map((each) => sum(Object.values(each)))) };
}

/** Spawns a command with its output in a file. */
function timed([program, ...args], log) {
  const peakFile = join(folder, 'peak');
  rmSync(peakFile, { force: true });
  const output = createWriteStream(log);
  return new Promise((resolve, reject) => {
    output.once('open', (fd) => {
      const env = { ...process.env, ETCD_VERSION: VERSION };
      if (args[1] === 'run') env.NODE_OPTIONS = `--require ${peakReader(peakFile)}`;
      const began = process.hrtime.bigint();
      const child = spawn(program, args, { stdio: ['ignore', fd, fd], env, cwd: ROOT });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        const elapsed = Number(process.hrtime.bigint() - began) / 1e9;
        output.end();
        const peakMiB = existsSync(peakFile) ? Number(readFileSync(peakFile, 'utf8')) / 1024 : NaN;
        resolve({ code: code ?? signal, elapsed, peakMiB });
      });
    });
  });
}

/** A module for `--require` that leaves the process's peak memory (KiB) behind as it ends. */
function peakReader(peakFile) {
  const module = join(folder, 'peak.cjs');
  writeFileSync(
    module,
    `const fs = require('node:fs');
process.on('exit', () => {
  const [, peak] = /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8')) ?? [];
  fs.writeFileSync(${JSON.stringify(peakFile)}, String(peak));
});
`,
  );
  return module;
}

function boundsOf({ drills, wholeSet, commands }) {
  const bounds = [];
  const bound = (what, value, wanted, unit = '') =>
    bounds.push({ what, value, wanted, unit, holds: Number.isFinite(value) ? value <= wanted : null });
  bound('median of the ratios ours / by hand', median(drills.map(ratioOf).filter(Number.isFinite)), WANTED.ratio);
  if (wholeSet) {
    bound('whole set: ours / sum by hand', ratioOf(wholeSet), WANTED.wholeSet);
    bound('peak memory of the whole set', Math.max(...wholeSet.peakMiB), WANTED.peakMiB, ' MiB');
  }
  if (commands) {
    const node = median(commands.node);
    bound('`--help` / `node -e 0`', median(commands.help) / node, WANTED.help);
    bound(
      `\`validate\` of ${VALIDATED_FILES} files / \`node -e 0\``,
      median(commands.validate) / node,
      WANTED.validate,
    );
  }
  return bounds;
}

function markdown(results) {
  const { drills, wholeSet, commands, bounds, machine: on, loadBefore, loadAfter } = results;
  const rows = drills.map((drill) => rowOf(drill.name, drill));
  if (wholeSet) rows.push(rowOf('**the whole set**', wholeSet));
  const heads = ['drill', 'by hand (s)', 'ours (s)', 'ratio', 'ratio of the shortest'];
  const table = [heads, ['---', '---:', '---:', '---:', '---:'], ...rows];
  const judged = bounds.map(({ what, value, wanted, unit, holds }) => {
    const verdict = holds === null ? 'not measured' : holds ? 'holds' : 'does NOT hold';
    return [what, `${fixed(value)}${unit}`, `at most ${wanted}${unit}`, verdict];
  });
  const commandTimes = commands
    ? `Medians of ${SHORT_RUNS}: \`node -e 0\` ${fixed(median(commands.node), 3)} s, \`--help\` ${fixed(median(commands.help), 3)} s, ` +
      `\`validate\` of ${VALIDATED_FILES} files ${fixed(median(commands.validate), 3)} s.\n`
    : '';
  const load = [loadBefore, loadAfter].map(([minute]) => fixed(minute)).join(' before, ');
  return [
    `\netcd ${results.etcd}, medians of ${results.rounds}; ${on.cpus} CPUs, Docker ${on.docker}, Node ${on.node}; load ${load} after\n`,
    ...table.map(row),
    '',
    commandTimes,
    ...[['wanted', 'measured', 'bound', ''], ['---', '---:', '---:', '---'], ...judged].map(row),
    ...(failures.length > 0 ? ['', `Failed to run: ${failures.map(({ what }) => what).join('; ')}`] : []),
  ].join('\n');
}

function rowOf(name, times) {
  const shortest = Math.min(...times.ours) / Math.min(...times.byHand);
  return [name, ...[median(times.byHand), median(times.ours), ratioOf(times), shortest].map((each) => fixed(each))];
}

const row = (cells) => `| ${cells.join(' | ')} |`;
const ratioOf = ({ byHand, ours }) => median(ours) / median(byHand);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const fixed = (number, digits = 2) => (Number.isFinite(number) ? number.toFixed(digits) : '-');
const last = (seconds) => (seconds.length > 0 ? `${fixed(seconds.at(-1))} s` : '-');
const say = (line) => console.error(line);

function median(numbers) {
  if (numbers.length === 0) return NaN;
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
process.exitCode = await main();
