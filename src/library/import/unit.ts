/** systemd units, Podman's quadlets and supervisor programs, by the rules of systemd.syntax(7) and systemd.service(5). */
import { etcdOf, ofContainer } from './command';
import { addFindings, noFindings, type Findings, type Word } from './found';
import { readScript } from './script';

const SECTION = /^\s*\[([^\]]+)\]\s*$/;
const KNOWN_SECTION = /^(Unit|Service|Install|Container|Pod|program:.+)$/;

/** True where the first line that is no comment opens a section of a unit. */
export function isUnit(text: string): boolean {
  const first = text.split(/\r?\n/).find((line) => line.trim() !== '' && !/^\s*[#;]/.test(line));
  return KNOWN_SECTION.test(SECTION.exec(first ?? '')?.[1] ?? '');
}

interface Entry {
  section: string;
  key: string;
  value: string;
}

/** Entries in order. A comment line inside a continued line is left out, and the line goes on after it. */
export function entriesOf(text: string): Entry[] {
  const entries: Entry[] = [];
  let section = '';
  let continued: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*[#;]/.test(line)) continue;
    const whole: string = continued === undefined ? line : `${continued} ${line.trim()}`;
    if (/\\\s*$/.test(whole)) {
      continued = whole.replace(/\\\s*$/, '');
      continue;
    }
    continued = undefined;
    const [, opened] = SECTION.exec(whole) ?? [];
    const [, key, value = ''] = /^\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(whole) ?? [];
    if (opened !== undefined) section = opened;
    else if (key !== undefined) entries.push({ section, key, value });
  }
  if (continued !== undefined) {
    const [, key, value = ''] = /^\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(continued) ?? [];
    if (key !== undefined) entries.push({ section, key, value });
  }
  return entries;
}

/** Words as systemd splits them: quotes at the beginning of a word or inside, C escapes, no shell. */
export function unitWords(line: string): Word[] {
  const words: string[] = [];
  const token =
    /\s+|(\$\(\([^\n]*?\)\)|\$\([^)\n]*\)|\$\{[^}\n]*\}|\{\{[^\n]*?\}\}|\{%[^\n]*?%\})|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\\(.)|((?:(?!\$[({]|\{[{%])[^\s'"\\])+)|(['"\\]|[${])/g;
  let current: string | undefined;
  for (const [whole, expansion, single, double, escaped, plain, stray] of line.matchAll(token)) {
    const quoted = (single ?? double)?.replace(/\\(.)/g, unescaped);
    const part = expansion ?? quoted ?? (escaped && unescaped('', escaped)) ?? plain ?? stray;
    if (part === undefined && whole.trim() === '') {
      if (current !== undefined) words.push(current);
      current = undefined;
    } else current = (current ?? '') + (part ?? '');
  }
  if (current !== undefined) words.push(current);
  return words.map((text) => ({
    text: text.replace(/%%/g, '%'),
    open: /\$[\w{(]|\{\{|\{%/.test(text.replace(/\$\$/g, '')) || /(^|[^%])(%%)*%[A-Za-z]/.test(text),
  }));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', s: ' ' };

function unescaped(_: string, character: string): string {
  return ESCAPES[character] ?? character;
}

/** The etcd that a unit starts: only `ExecStart` counts, an empty one resets, `Environment` adds. */
export function fromUnit(text: string, readText: (text: string) => Findings): Findings {
  const variables = new Map<string, Word>();
  const notes: string[] = [];
  let starts: string[] = [];
  let image: string | undefined;
  let entrypoint: string | undefined;
  const others: string[] = [];
  for (const { section, key, value } of entriesOf(text)) {
    if (section === 'Service' && key === 'ExecStart') starts = value === '' ? [] : [...starts, value];
    else if (section === 'Container' && key === 'Exec') starts = value === '' ? [] : [value];
    else if (section === 'Container' && key === 'Image') image = value;
    else if (section === 'Container' && key === 'Entrypoint') entrypoint = value;
    else if (section.startsWith('program:') && key === 'command') starts.push(value);
    else if (section.startsWith('program:') && key === 'environment')
      addVariables(value.replace(/,(?=\w+=)/g, ' '), variables);
    else if (/^(Service|Container)$/.test(section) && key === 'Environment') {
      if (value === '') variables.clear();
      else addVariables(value, variables);
    } else if (/^(Service|Container)$/.test(section) && /^(EnvironmentFile|PassEnvironment)$/.test(key)) {
      if (value === '') notes.length = 0;
      else
        notes.push(key === 'EnvironmentFile' ? `the environment file ${value.replace(/^-/, '')}` : `${key}=${value}`);
    }
  }
  const findings = noFindings();
  const about = { as: 'a systemd unit', subject: 'ExecStart' };
  const inScript = (script: string): Findings => readScript(script.replace(/\$\$/g, '$'), { ...about, readText });
  if (image !== undefined) {
    const words = [...unitWords(entrypoint ?? ''), ...starts.flatMap(unitWords)];
    addFindings(findings, ofContainer(image, words, { as: 'a quadlet', subject: 'Exec', readScript: inScript }));
  } else {
    for (const start of starts) addFindings(findings, etcdOf(execWords(start), { ...about, readScript: inScript }));
  }
  for (const found of findings.found) {
    for (const [name, value] of variables) if (!found.variables.has(name)) found.variables.set(name, value);
    for (const what of notes) found.leftOut.push({ what, why: 'not read: import it as well' });
  }
  if (findings.found.length === 0) {
    for (const [name, value] of variables) findings.loose.set(name, value);
    findings.others.push(...(starts.length === 0 ? ['a unit without ExecStart'] : []), ...others);
  }
  return findings;
}

/** The words of `ExecStart`, without the prefixes of systemd; `@` gives the program another name. */
function execWords(value: string): Word[] {
  const [, prefix = '', rest = ''] = /^([@:+!|-]*)(.*)$/s.exec(value) ?? [];
  const words = unitWords(rest);
  return prefix.includes('@') ? [...words.slice(0, 1), ...words.slice(2)] : words;
}

function addVariables(text: string, variables: Map<string, Word>): void {
  for (const { text: assignment, open } of unitWords(text)) {
    const [, name, value = ''] = /^(\w+)=([\s\S]*)$/.exec(assignment) ?? [];
    if (name !== undefined) variables.set(name, { text: value, open });
  }
}
