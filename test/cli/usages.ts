/** Every command's usage, and command lines as a shell would split them. */
import { COMMANDS } from '../../src/cli/commands';
import type { Usage } from '../../src/cli/usage';

/** By name. */
export async function allUsages(): Promise<[string, Usage][]> {
  const names = Object.entries(COMMANDS);
  return Promise.all(names.map(async ([name, { usage }]): Promise<[string, Usage]> => [name, (await usage()).usage]));
}

/** The words of a line, without what goes to a file: quotes hold words together, a backslash continues a line. */
export function shellWords(line: string): string[] {
  const [command = ''] = line.replace(/\\\n/g, ' ').split(' > ');
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => {
    return single ?? double ?? bare ?? '';
  });
}
