/** The id of a run, and its place in the name of a reports folder. */
import { randomBytes } from 'node:crypto';

/** Sortable by time, unique enough for names in Docker. */
export function newRunId(): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15).toLowerCase();
  return `es-${time}-${randomBytes(3).toString('hex')}`;
}

/** What stands for the id of the run in `--reports` and in the configuration. */
const PLACEHOLDER = '{run}';

/** The reports folder of one run. */
export function reportsOf(folder: string, run: string): string {
  return folder.replaceAll(PLACEHOLDER, run);
}
