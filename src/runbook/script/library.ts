/** The shell functions that a script is made of; it gets those that it needs, so that a person can read it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root';

/** Each function of the library that the text calls, directly or by way of another, in the library's order. */
export function functionsFor(text: string): string {
  const all = readLibrary();
  const wanted = new Set<string>();
  const take = (code: string): void => {
    for (const [name, body] of all) {
      if (wanted.has(name) || !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(code)) continue;
      wanted.add(name);
      take(body);
    }
  };
  take(text);
  return [...all].flatMap(([name, body]) => (wanted.has(name) ? [body] : [])).join('\n\n');
}

function readLibrary(): Map<string, string> {
  const paragraphs = readFileSync(join(packageRoot(), 'runbook', 'drill.sh'), 'utf8')
    .trim()
    .split('\n\n')
    .slice(1);
  return new Map(paragraphs.map((body) => [/^(\w+)\(\)/.exec(body)?.[1] ?? '', body]));
}
