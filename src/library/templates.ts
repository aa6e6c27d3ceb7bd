/** Drills to begin with: what `new` writes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../errors';
import { nearest } from '../match';
import { packageRoot } from '../package-root';

const SCENARIO_SCHEMA_FILE = 'schema/scenario.schema.json';
export const CONFIG_SCHEMA_FILE = 'schema/config.schema.json';

/** The names of the templates, in alphabetical order. */
export function templateNames(): string[] {
  const files = readdirSync(join(packageRoot(), 'templates'));
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/**
 * The text of a new drill at `path`, for a reader who works in `cwd`: its first line tells editors where the schema is.
 * Throws UsageError, with the nearest name, where there is no such template.
 */
export function drillFrom(template: string, path: string, cwd: string): string {
  const names = templateNames();
  if (!names.includes(template)) {
    const near = nearest(template, names);
    const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
    throw new UsageError(`there is no template "${template}"${hint}; there are ${names.join(', ')}`);
  }
  const text = readFileSync(join(packageRoot(), 'templates', `${template}.yaml`), 'utf8');
  return text.replace(
    /^.*\n/,
    `# yaml-language-server: $schema=${schemaFor(SCENARIO_SCHEMA_FILE, resolve(cwd, path), cwd)}\n`,
  );
}

/** A schema as a file at `path` has to name it: of the package that is installed here, else of this one. */
export function schemaFor(schema: string, path: string, cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const installed = join(folder, 'node_modules', 'etcd-scenarios', schema);
    if (existsSync(installed)) {
      const way = relative(dirname(path), installed).split(sep).join('/');
      return way.startsWith('.') ? way : `./${way}`;
    }
    if (folder === dirname(folder)) return join(packageRoot(), schema);
  }
}
