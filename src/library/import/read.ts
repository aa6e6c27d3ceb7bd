/** Which kind of text an input is, and what it says of etcd. */
import { ScenarioError } from '../../errors';
import { SourceFile } from '../../source';
import { etcdOf } from './command';
import { emptyFound, isOptionsVariable, noFindings, type Findings } from './found';
import { fromProcesses, processesIn } from './processes';
import { readScript } from './script';
import { fromUnit, isUnit } from './unit';
import { variablesOf } from './variables-file';
import { fromYaml } from './from-yaml';

/** Texts in texts: a unit in a script in a ConfigMap. */
const MAX_DEPTH = 6;

/** Everything in an input. Throws ScenarioError with the place where a YAML file is no YAML. */
export function readInput(text: string, file: string): Findings {
  const isYamlFile = /\.(ya?ml|json)$/i.test(file);
  const plain = (): Findings => withLoose(readPlain(text, 0));
  if (!isYamlFile && !looksLikeYaml(text)) return plain();
  const isOther = !isYamlFile && (isUnit(text) || variablesOf(text) !== undefined);
  if (isOther) return plain();
  try {
    return withLoose(fromYaml(new SourceFile(file, text), (inner) => readEmbedded(inner, 1)));
  } catch (thrown) {
    if (isYamlFile || !(thrown instanceof ScenarioError)) throw thrown;
    const findings = plain();
    if (findings.found.length === 0) throw thrown;
    return findings;
  }
}

/** Variables without a program are an etcd's environment where they set something of etcd. */
function withLoose(findings: Findings): Findings {
  if (findings.found.length > 0) return findings;
  const names = [...findings.loose.keys()];
  const isOfEtcd = names.some(
    (name) => name.startsWith('ETCD_') || (isOptionsVariable(name) && hasFlags(findings, name)),
  );
  if (!isOfEtcd) return findings;
  const found = emptyFound('environment variables', 'the variables', 1);
  for (const one of findings.loose) found.variables.set(...one);
  return { ...findings, found: [found] };
}

function hasFlags({ loose }: Findings, name: string): boolean {
  return /(^|\s)--?[a-z]/.test(loose.get(name)?.text ?? '');
}

/** A text within another one; undefined where it has nothing of etcd. */
function readEmbedded(text: string, depth: number): Findings | undefined {
  if (depth > MAX_DEPTH || !/etcd|^\s*--?[a-z]|[a-z]-[a-z]+\s*:/im.test(text)) return undefined;
  if (looksLikeYaml(text) && !isUnit(text)) {
    try {
      return fromYaml(new SourceFile('-', text), (inner) => readEmbedded(inner, depth + 1));
    } catch (thrown) {
      if (!(thrown instanceof ScenarioError)) throw thrown;
    }
  }
  return readPlain(text, depth);
}

function readPlain(text: string, depth: number): Findings {
  const readText = (inner: string): Findings => readEmbedded(inner, depth + 1) ?? noFindings();
  if (text.includes('\0')) return ofArguments(text, readText);
  if (isUnit(text)) return fromUnit(text, readText);
  const variables = variablesOf(text);
  if (variables) return { ...noFindings(), loose: variables };
  const processes = processesIn(text);
  if (processes.length > 0) return fromProcesses(processes, readText);
  return readScript(withoutPrompts(text), { as: 'a command line', subject: 'the command line', readText });
}

/** /proc/PID/cmdline: words with a zero byte after each. */
function ofArguments(text: string, readText: (text: string) => Findings): Findings {
  const about = { as: 'a command line', subject: 'the arguments' };
  const words = text
    .replace(/\0\s*$/, '')
    .split('\0')
    .map((one) => ({ text: one, open: false }));
  return etcdOf(words, { ...about, readScript: (script) => readScript(script, { ...about, readText }) });
}

/** `$ etcd …` and `root@host:~# etcd …`, as copied from a terminal. */
function withoutPrompts(text: string): string {
  return text.replace(/^[ \t]*(?:\$|>|\S+@\S+[#$])[ \t]+/gm, '');
}

/** A document's mark, a key, or an item of a list in the first line that is no comment. */
function looksLikeYaml(text: string): boolean {
  const first = text.split(/\r?\n/).find((line) => line.trim() !== '' && !/^\s*#/.test(line)) ?? '';
  return /^\s*(---|%YAML|[{[]|-\s+\S|["']?[\w./-]+["']?\s*:(\s|$))/.test(first) && !/^\s*\[\w+\]\s*$/.test(first);
}
