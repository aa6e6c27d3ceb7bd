// The upgrade suite's time beside the time that etcd itself takes; see README.md.
// A bound that does not hold is said and is no failure; the exit code is 1 only where something failed to run.
import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { judgeCase } from './waits.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CLI = join(ROOT, 'dist/cli/main.js');
const WANTED = 1.25;
const KINDS = {
  start: 'a process, from its first line until it opens its client port or gives up',
  stop: 'a process, from the signal to its last line',
  wait: 'elections, versions of cluster and storage, a downgrade, a member that has to catch up',
  refused: 'member changes that etcd refuses until members have been up for five seconds, or a learner is in sync',
  asked: 'what the drill asks for: `for`, `sleep`',
  request: 'requests that etcd leaves open for want of a quorum',
};
const USAGE = `bench/run.sh upgrade [--reports DIR] [--jobs N] [--gaps] [FILE]…

  --reports DIR  judges the run whose reports are in DIR, and runs nothing
  --jobs N       cases side by side; what \`run\` does by itself where nothing is said
  --gaps         of every case, all pieces of the time that is ours
  FILE           drills, or folders of drills (scenarios/upgrade)
`;

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      reports: { type: 'string' },
      jobs: { type: 'string' },
      gaps: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const loadBefore = loadavg();
  const reports = values.reports === undefined ? run(positionals, values.jobs) : resolve(values.reports);
  const judged = judge(reports);
  if (values.reports === undefined) judged.load = { before: loadBefore, after: loadavg() };
  mkdirSync(join(ROOT, 'reports'), { recursive: true });
  writeFileSync(join(ROOT, 'reports/bench-upgrade.json'), `${JSON.stringify(judged, null, 2)}\n`);
  console.log(markdown(judged, values.gaps));
  const notPassed = judged.cases.filter(({ verdict }) => verdict !== 'passed');
  for (const { id, verdict } of notPassed) console.error(`${id}: ${verdict}`);
  if (notPassed.length > 0) console.error(`the reports are in ${reports}`);
  return notPassed.length > 0 || judged.cases.length === 0 ? 1 : 0;
}

/** Runs the drills and answers the folder of its reports, which is left where it is. */
function run(files, jobs) {
  const reports = mkdtempSync(join(tmpdir(), 'etcd-scenarios-bench-upgrade-'));
  const options = ['--pull', 'never', '--reports', reports, ...(jobs === undefined ? [] : ['--jobs', jobs])];
  const what = files.length > 0 ? files.map((file) => resolve(file)) : [join(ROOT, 'scenarios/upgrade')];
  const args = [CLI, 'run', ...what, ...options];
  const { status, error } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (!existsSync(join(reports, 'events.ndjson'))) throw new Error(`\`run\` ended with ${status} and left no events`);
  return reports;
}

function judge(reports) {
  const { logFile } = createRequire(import.meta.url)(join(ROOT, 'dist/report/folder.js'));
  const text = readFileSync(join(reports, 'events.ndjson'), 'utf8').trim();
  const events = text.split('\n').map((line) => JSON.parse(line));
  const started = events.find(({ type }) => type === 'run-started');
  const finished = events.filter(({ type }) => type === 'case-finished');
  const cases = finished.map(({ case: id }) => {
    const own = events.filter((event) => event.case === id);
    const logOf = (member, incarnation) => join(reports, logFile(id, member, incarnation));
    return { id, ...judgeCase(own, { logOf, textOf }) };
  });
  const sum = (pick) => cases.reduce((total, one) => total + pick(one), 0);
  const total = { wall: sum(({ wall }) => wall), etcd: sum(({ etcd }) => etcd), engine: sum(({ engine }) => engine) };
  return {
    at: started.time,
    machine: `${cpus().length} CPUs, Node ${process.versions.node}`,
    engine: started.engine,
    jobs: started.jobs,
    runMs: Date.parse(events.at(-1).time) - Date.parse(started.time),
    total: { ...total, ours: sum(({ ours }) => ours) },
    kinds: Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, sum(({ kinds }) => kinds[kind])])),
    cases: cases.sort((a, b) => b.wall / b.etcd - a.wall / a.etcd),
  };
}

const missing = new Set();

/** A drill as it is now. Of one that is not here any more nobody knows the `for`, which is said. */
function textOf(file) {
  const path = resolve(ROOT, file);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  if (!missing.has(file)) console.error(`${file} is not here: the time that its \`for\` asks for counts as ours`);
  missing.add(file);
  return '';
}

function markdown({ at, machine, engine, jobs, runMs, total, kinds, cases, load }, showGaps) {
  const loads = load ? `, load ${load.before[0].toFixed(1)} before and ${load.after[0].toFixed(1)} after` : '';
  const rows = [...cases, { id: '**all cases**', ...total, gaps: [] }].map(
    ({ id, wall, etcd, engine: docker, ours, gaps }) =>
      `| ${id} | ${s(wall)} | ${s(etcd)} | ${s(docker)} | ${s(ours)} | ${ratio(wall, etcd)} | ${ratio(etcd + ours, etcd)} | ${gapText(gaps)} |`,
  );
  return [
    `${at.slice(0, 10)}, ${cases.length} cases, jobs ${jobs}, ${machine}, ${engine}${loads}`,
    '',
    "| case | wall (s) | etcd's (s) | engine's (s) | ours (s) | wall / etcd's | without the engine | longest of ours |",
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...rows,
    '',
    `| what etcd takes | s |`,
    '| --- | ---: |',
    ...Object.entries(KINDS).map(([kind, text]) => `| ${text} | ${s(kinds[kind])} |`),
    '',
    '| wanted | measured | bound | |',
    '| --- | ---: | ---: | --- |',
    bound("the run's time / the sum of etcd's", runMs, total.etcd),
    bound("all cases one by one, without the engine / etcd's", total.etcd + total.ours, total.etcd),
    bound("all cases one by one / etcd's", total.wall, total.etcd),
    ...(showGaps ? cases.flatMap(gapLines) : []),
  ].join('\n');
}

function bound(what, ms, etcdMs) {
  const holds = ms <= WANTED * etcdMs ? 'holds' : 'does NOT hold';
  return `| ${what} | ${s(ms)} s / ${s(etcdMs)} s = ${ratio(ms, etcdMs)} | at most ${WANTED} | ${holds} |`;
}

function gapText(gaps) {
  const shown = gaps.slice(0, 1).map(({ after, ms }) => `${s(ms)} s: ${after}`);
  return shown.join('; ').replaceAll('|', '/');
}

function gapLines({ id, gaps }) {
  return ['', id, ...gaps.map(({ after, ms }) => `  ${String(Math.round(ms)).padStart(6)} ms  ${after}`)];
}

function s(ms) {
  return (ms / 1000).toFixed(1);
}

function ratio(ms, otherMs) {
  return otherMs > 0 ? (ms / otherMs).toFixed(2) : '-';
}

process.exitCode = main();
