// Where the time of one drill goes: node bench/profile.mjs bootstrap/static [more options for `run`]
// Prints what happens from the process's birth to its end, with the time since the line before.
import { spawnSync } from 'node:child_process';
import console from 'node:console';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const [name, ...more] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'etcd-scenarios-profile-'));

const SAYS = {
  'run-started': () => 'run-started (before it: loading node and the code, reading the file, finding the engine)',
  'case-started': () => 'case-started',
  'member-started': ({ member, address }) => `  ${member} runs at ${address}`,
  'member-serving': ({ member }) => `  ${member} serves`,
  'member-exited': ({ member, exitCode }) => `  ${member} exited with ${exitCode}`,
  'step-started': ({ step }) => `> ${step.id} ${step.sentence}`,
  'step-waiting': ({ waitingFor }) => `  waits for ${waitingFor}`,
  'step-finished': ({ step, status, durationMs }) => `< ${step.id} ${status} after ${durationMs} ms`,
  'case-finished': ({ verdict, durationMs }) => `case-finished ${verdict} after ${durationMs} ms (before it: removal)`,
  'run-finished': () => 'run-finished',
};

try {
  const file = join(ROOT, `scenarios/${name}.yaml`);
  const options = ['--jobs', '1', '--pull', 'never', '--reporter', 'ndjson', '--reports', folder, ...more];
  const began = Date.now();
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'run', file, ...options]);
  const ended = Date.now();
  if (stderr.length > 0) console.error(String(stderr));
  const lines = readFileSync(join(folder, 'events.ndjson'), 'utf8').trim().split('\n');
  let previous = began;
  const tell = (at, text) => {
    console.log(`${String(at - began).padStart(6)} ms ${`+${at - previous}`.padStart(6)}  ${text}`);
    previous = at;
  };
  for (const event of lines.map((line) => JSON.parse(line))) {
    const says = SAYS[event.type];
    if (says) tell(Date.parse(event.time), says(event));
  }
  tell(ended, `the process ended with ${status}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
