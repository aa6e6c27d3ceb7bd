/** Taking away what an earlier run wrote to a reports folder, and nothing else. */
import { closeSync, openSync, readdirSync, readSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { whyNotReadable } from '../plain-file';
import { partOf } from './files';
import { isCaseFolder, LOGS } from './folder';
import { EVENTS_FILE } from './ndjson';

/** How each report of ours begins: a file of the same name that somebody else wrote stays. */
const OWN: Readonly<Record<string, RegExp>> = {
  'junit.xml': /^<\?xml [^>]*\?>\s*<testsuites name="etcd-scenarios"/,
  'summary.json': /^\{\s*"v": \d+,\s*"run": "[^"]*",\s*"tool": "etcd-scenarios/,
  [EVENTS_FILE]: /^\{"v":\d+,"run":"[^"]*","seq":1,/,
};

/** The names of an earlier run's reports in a folder. */
export function earlierReports(folder: string): string[] {
  return Object.entries(OWN).flatMap(([name, start]) =>
    start.test(beginningOf(path.join(folder, name))) ? [name] : [],
  );
}

/**
 * Removes the reports of an earlier run, and its logs where its events stand beside them. Throws the system's error. The
 * events go last: with them a removal that is cut off goes on in the next run.
 */
export function removeEarlierReports(folder: string): void {
  const own = earlierReports(folder);
  for (const name of Object.keys(OWN)) rmSync(partOf(path.join(folder, name)), { force: true });
  for (const name of own.filter((one) => one !== EVENTS_FILE)) rmSync(path.join(folder, name), { force: true });
  if (!own.includes(EVENTS_FILE)) return;
  removeLogs(path.join(folder, LOGS));
  rmSync(path.join(folder, EVENTS_FILE), { force: true });
}

/** The folders of cases; what else lies among them stays. */
function removeLogs(folder: string): void {
  const names = whyNotReadable(folder) === 'it is a folder' ? readdirSync(folder) : [];
  for (const name of names.filter(isCaseFolder)) rmSync(path.join(folder, name), { recursive: true, force: true });
  if (names.length > 0 && names.every(isCaseFolder)) rmdirSync(folder);
}

/** Empty for what is no plain file. */
function beginningOf(file: string): string {
  if (whyNotReadable(file) !== undefined) return '';
  const fd = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(512);
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  } finally {
    closeSync(fd);
  }
}
