/** Shell scripts and command lines, by a parser of bash: which commands they have, and what is set before them. */
import { forEachChild, parse, type SyntaxNode } from 'unbash';
import { etcdOf, takeAssignments } from './command';
import { addFindings, isOptionsVariable, noFindings, type Findings, type Word } from './found';
import { isFlagWord } from './flags-in';

type ShellWord = Extract<SyntaxNode, { type: 'Word' }>;
type Command = Extract<SyntaxNode, { type: 'Command' }>;

/** Parts of a word that a shell replaces. */
const EXPANSIONS: ReadonlySet<string> = new Set([
  'SimpleExpansion',
  'ParameterExpansion',
  'CommandExpansion',
  'ArithmeticExpansion',
  'ProcessSubstitution',
]);

export function toWord(node: ShellWord): Word {
  let open = false;
  const visit = (part: SyntaxNode): void => {
    if (EXPANSIONS.has(part.type)) open = true;
    else forEachChild(part, visit);
  };
  for (const part of node.parts ?? []) visit(part);
  return { text: node.value, open };
}

/** A command as words; `$( … )` in them is not looked into, as it runs before and is not the command. */
function wordsOf(command: Command): Word[] {
  const words: Word[] = [];
  const add = (node: { type: string }): void => {
    if (node.type === 'Word') words.push(toWord(node as ShellWord));
    else if (node.type === 'Assignment') {
      const { name, value } = node as Extract<SyntaxNode, { type: 'Assignment' }>;
      const set = value.type === 'Word' ? toWord(value) : { text: '(…)', open: true };
      words.push({ text: `${name}=${set.text}`, open: set.open });
    }
  };
  for (const node of command.prefix) add(node);
  if (command.name) add(command.name);
  for (const node of command.suffix) add(node);
  return words;
}

export interface Script {
  commands: Word[][];
  /** Bodies of here-documents: files that the script writes. */
  documents: string[];
}

/** Commands of a text, in order. Expressions of templates (`{{ x | y }}`) are words to it, as a shell never sees them. */
export function readCommands(text: string): Script {
  const templates: string[] = [];
  const mask = (expression: string): string => `\uE000${templates.push(expression) - 1}\uE001`;
  const masked = text.replace(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, mask);
  const unmask = (some: string): string => some.replace(/\uE000(\d+)\uE001/g, (_, i) => templates[Number(i)] ?? '');
  const { commands, documents } = parsed(masked);
  return {
    commands: commands.map((words) =>
      words.map((one) => ({ text: unmask(one.text), open: one.open || one.text.includes('\uE000') })),
    ),
    documents: documents.map(unmask),
  };
}

function parsed(text: string): Script {
  const script: Script = { commands: [], documents: [] };
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'HereDoc') {
      const { body, delimiter } = node;
      script.documents.push(delimiter?.quoted === true ? body.text : body.text.replace(/\\([\\$`])/g, '$1'));
      return;
    }
    if (EXPANSIONS.has(node.type)) return;
    if (node.type === 'Command') script.commands.push(wordsOf(node));
    forEachChild(node, visit);
  };
  visit(parse(text));
  return script;
}

/** The words of one line, such as a compose file's `command`. */
export function shellWords(line: string): Word[] {
  return readCommands(line).commands.flat();
}

const EXPORTS = /^(export|declare|typeset|local|readonly)$/;

/**
 * The etcd that a script starts. Variables that are set before it count as its environment. Without a program, lines that
 * begin with a flag are its flags.
 */
export function readScript(
  text: string,
  about: { as: string; subject: string; readText: (text: string) => Findings },
): Findings {
  const { commands, documents } = readCommands(text);
  const findings = noFindings();
  const variables = new Map<string, Word>();
  const bare: Word[] = [];
  for (const words of commands) {
    const exported = EXPORTS.test(words[0]?.text ?? '')
      ? words.slice(1).filter(({ text }) => !text.startsWith('-'))
      : words;
    if (takeAssignments(exported, new Map()).length === 0) takeAssignments(exported, variables);
    else if (isFlagWord(words[0]?.text)) bare.push(...words);
    else addFindings(findings, etcdOf(words, { ...about, readScript: (inner) => readScript(inner, about) }));
  }
  for (const document of documents) addFindings(findings, about.readText(document));
  for (const [name, value] of findings.loose) variables.set(name, value);
  findings.loose = new Map();
  if (findings.found.length === 0 && bare.length > 0 && findings.others.length === 0) {
    addFindings(
      findings,
      etcdOf([{ text: 'etcd', open: false }, ...bare], { ...about, readScript: () => noFindings() }),
    );
  }
  if (findings.found.length === 0) findings.loose = variables;
  for (const found of findings.found) {
    for (const [name, value] of variables) if (!found.variables.has(name)) found.variables.set(name, value);
  }
  return findings;
}

/** Options in variables (`ETCD_OPTS="--a=b"`) as words, and the names of those variables. */
export function optionsIn(variables: ReadonlyMap<string, Word>): { names: string[]; words: Word[] } {
  const names: string[] = [];
  const words: Word[] = [];
  for (const [name, { text, open }] of variables) {
    if (!isOptionsVariable(name) || !/(^|\s)--?[A-Za-z]/.test(text)) continue;
    names.push(name);
    words.push(...shellWords(text).map((one) => ({ ...one, open: one.open || (open && /\$/.test(one.text)) })));
  }
  return { names, words };
}
