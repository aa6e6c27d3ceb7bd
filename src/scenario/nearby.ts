/** YAML files near a folder, for a reader who has not said which ones are meant. */
import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

/** A home folder, or `/`, must not be walked through. */
const DEEPEST = 4;
const MOST_ENTRIES = 5000;
/** Only the start of a file is read: a scenario has its keys there. */
const MOST_FILES_READ = 200;

export interface NearbyFiles {
  /** YAML files with a key `steps` at the top level, relative to the folder, with `/`. */
  scenarios: string[];
  /** All other YAML files. */
  others: string[];
  /** False if the folder is too large to be searched completely. */
  complete: boolean;
}

/** Searches a folder for YAML files, breadth first and bounded. Skips what can't be read. Never throws. */
export function nearbyFiles(folder: string): NearbyFiles {
  const found: string[] = [];
  let left = MOST_ENTRIES;
  let level = [''];
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth++) {
    const next: string[] = [];
    for (const under of level) {
      for (const entry of entriesOf(join(folder, under))) {
        if (left-- <= 0) return sorted(folder, found, false);
        const name = under === '' ? entry.name : `${under}/${entry.name}`;
        if (entry.isDirectory()) next.push(name);
        else if (entry.isFile() && /\.ya?ml$/.test(entry.name)) found.push(name);
      }
    }
    level = next;
  }
  return sorted(folder, found, level.length === 0);
}

function sorted(folder: string, found: readonly string[], complete: boolean): NearbyFiles {
  const isScenario = (file: string, i: number): boolean => i < MOST_FILES_READ && hasSteps(join(folder, file));
  const files = found.map((file, i) => ({ file, scenario: isScenario(file, i) }));
  const named = (scenario: boolean): string[] =>
    files.filter((one) => one.scenario === scenario).map(({ file }) => file);
  return { scenarios: named(true).toSorted(), others: named(false).toSorted(), complete };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(
      ({ name }) => !name.startsWith('.') && name !== 'node_modules',
    );
  } catch {
    // A folder that can't be read has no files to name.
    return [];
  }
}

function hasSteps(file: string): boolean {
  try {
    return /^(["']?)steps\1[ \t]*:/m.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}
