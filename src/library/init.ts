/** What a project needs to begin: a drill, the configuration, a workflow that runs drills, and what git ignores. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asError, UsageError } from '../errors';
import { CONFIG_FILE } from './config';
import { DEFAULT_ETCD } from './plan';
import { drillFrom, writeNew } from './templates';

const WORKFLOW = `name: drills
on: [push, pull_request]
jobs:
  drills:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: {node-version: 22}
      - run: npm ci
      - run: npx etcd-scenarios run
      - uses: actions/upload-artifact@v4
        if: always()
        with: {name: drills, path: reports/}
`;

export interface InitialFile {
  /** Relative to the folder. */
  file: string;
  /** False where it was there, or had the line: it was left alone. */
  written: boolean;
}

/** Sets a folder up; what is there stays as it is. Throws UsageError for a file that can't be written. */
export function initialize(folder: string): InitialFile[] {
  const drill = join('scenarios', 'first.yaml');
  const files: [string, string][] = [
    [drill, drillFrom('bootstrap', join(folder, drill), folder)],
    [CONFIG_FILE, `${JSON.stringify({ etcd: DEFAULT_ETCD, reports: 'reports' }, null, 2)}\n`],
    [join('.github', 'workflows', 'drills.yml'), WORKFLOW],
  ];
  const written = files.map(([file, text]) => ({ file, written: writeNew(join(folder, file), text) }));
  return [...written, { file: '.gitignore', written: ignoreReports(join(folder, '.gitignore')) }];
}

/** Appends `reports/` where no line has it. */
function ignoreReports(path: string): boolean {
  try {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (text.split(/\r?\n/).some((line) => /^\/?reports\/?\*{0,2}\s*$/.test(line))) return false;
    writeFileSync(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}reports/\n`);
    return true;
  } catch (thrown) {
    throw new UsageError(`can't write ${path}: ${asError(thrown).message}`);
  }
}
