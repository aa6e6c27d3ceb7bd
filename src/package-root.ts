import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of this package, wherever it is installed or built. */
export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
