/** What a project needs to begin: a drill, the configuration, a workflow that runs drills, and what git ignores. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asError, UsageError } from '../errors';
import { ancestorWith, CONFIG_FILE } from './config';
import { NewFiles } from './new-files';
import { DEFAULT_ETCD } from './plan';
import { CONFIG_SCHEMA_FILE, drillFrom, schemaFor } from './templates';

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
  /** The line of it that is meant, where it is not the whole file. */
  line?: string;
  /** False where it was there, or had the line: it is kept as it is. */
  written: boolean;
}

export interface Initialized {
  files: InitialFile[];
  /** What is left to install, as one types it in the folder. */
  install: string[];
  /** Where GitHub looks for workflows, when that is not the folder: the root of its repository. */
  repository?: string;
}

/**
 * Sets a folder up; what is there stays as it is. Throws UsageError, and leaves nothing behind, for a file that can't be
 * written and for a package.json that can't be read.
 */
export function initialize(folder: string): Initialized {
  const install = whatToInstall(folder);
  const root = ancestorWith(folder, '.git');
  const drill = join('scenarios', 'first.yaml');
  const texts: [string, string][] = [
    [drill, drillFrom('bootstrap', join(folder, drill), folder)],
    [CONFIG_FILE, configurationText(folder)],
    [join('.github', 'workflows', 'drills.yml'), WORKFLOW],
  ];
  const all = new NewFiles();
  const files = texts.map(([file, text]) => ({ file, written: all.write(join(folder, file), text) }));
  const [ignoreFile, line] = ['.gitignore', 'reports/'];
  const ignored = all.append(join(folder, ignoreFile), line, (one) => /^\/?reports\/?\*{0,2}\s*$/.test(one));
  return {
    files: [...files, { file: ignoreFile, line, written: ignored }],
    install,
    repository: root === folder ? undefined : root,
  };
}

/** The configuration names its schema, which editors complete it by. */
function configurationText(folder: string): string {
  const $schema = schemaFor(CONFIG_SCHEMA_FILE, join(folder, CONFIG_FILE), folder);
  return `${JSON.stringify({ $schema, etcd: DEFAULT_ETCD, reports: 'reports' }, null, 2)}\n`;
}

const PACKAGE = 'etcd-scenarios';

/** The workflow installs what package.json has, and `npx` takes the version that is installed. */
function whatToInstall(folder: string): string[] {
  const add = `npm install --save-dev ${PACKAGE}`;
  const root = ancestorWith(folder, 'package.json');
  if (root === undefined) return ['npm init -y', add];
  const { name, ...rest } = manifestOf(join(root, 'package.json'));
  const has = ['dependencies', 'devDependencies', 'optionalDependencies'].some((kind) => {
    const packages = rest[kind];
    return typeof packages === 'object' && packages !== null && Object.hasOwn(packages, PACKAGE);
  });
  return has || name === PACKAGE ? [] : [add];
}

function manifestOf(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (thrown) {
    throw new UsageError(`can't read ${path}: ${asError(thrown).message}; nothing was changed`);
  }
}
