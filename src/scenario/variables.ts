/** `vars`: named values that the command line, a file of values or the `with` of a `use` may replace. */
import type { Problem } from '../errors';
import { nearest } from '../match';
import type { SourceFile } from '../source';
import { containsExpression, unescape, type Lookup } from './expressions';
import { valueOf, type MapNode, type Node } from './node';
import { MAX_PROBLEMS, problemAt } from './parse';

const NAME = /^[A-Za-z_][\w-]*$/;

/** What a variable or a list of a matrix may be called. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** What expressions of secrets begin with. The loader alone writes them. */
export const SECRETS = 'secrets';

/** A value of a variable: a text, as one without quotes where `typed`, or a map of flags. */
export type Variable = {
  /** May hold expressions that are known only while steps run: the value of a `with`. Else it is literal. */
  later?: boolean;
  /** The command line brought it: a path in it is relative to the caller's folder. */
  given?: boolean;
  /** Where it stands, if it stands in a file. */
  at?: Node;
} & ({ text: string; typed: boolean } | { map: MapNode } | { secret: Secret });

/** Where the value of a secret variable comes from. It never stands in a file or on a command line. */
export interface Secret {
  /** The name of the environment variable. */
  env: string;
  /** Where `vars` declares it. */
  source: SourceFile;
  at: Node;
}

export type Variables = ReadonlyMap<string, Variable>;

/** The names that `vars` declares. */
export function declaredVariables(node: MapNode): string[] {
  const vars = valueOf(node, 'vars');
  return vars?.kind === 'map' ? vars.entries.map(({ key }) => key.text) : [];
}

/** The values of what `vars` declares; `given` goes before what the file says. */
export function variablesOf(source: SourceFile, root: MapNode, given: Variables, problems: Problem[]): Variables {
  const tell: Tell = (at, rule, message, hint) => {
    if (problems.length < MAX_PROBLEMS) problems.push(problemAt(source, at, rule, message, hint));
  };
  const vars = valueOf(root, 'vars');
  const values = new Map<string, Variable>();
  for (const { key, value } of vars?.kind === 'map' ? vars.entries : []) {
    if (!isName(key.text)) {
      tell(key, 'variable-name', `no variable can be named "${key.text}"`, 'a name is like `size` or `new_value`');
    }
    if (containsExpression(value)) {
      const hint = 'a literal `${` is written `$${`';
      tell(value, 'variable-value', `the value of a variable holds no expression`, hint);
    }
    const override = given.get(key.text);
    const secret = secretOf(source, value, tell);
    if (secret) {
      if (override) refuseGiven(key.text, secret, override.at ?? value, tell);
      values.set(key.text, { secret });
      continue;
    }
    const declared = asVariable(unescape(value));
    const isOther = override !== undefined && 'map' in override !== 'map' in declared;
    if (isOther) refuseKind(key.text, declared, override.at ?? value, tell);
    values.set(key.text, isOther ? declared : (override ?? declared));
  }
  return values;
}

const ENVIRONMENT_NAME = /^[A-Za-z_]\w*$/;

/** `{secret: true, env: TOKEN}`; undefined for any other value. What is wrong with one is told. */
function secretOf(source: SourceFile, node: Node, tell: Tell): Secret | undefined {
  if (node.kind !== 'map') return undefined;
  const [secret, env] = [valueOf(node, 'secret'), valueOf(node, 'env')];
  if (!secret && !env) return undefined;
  const right = 'a secret variable is written `{secret: true, env: NAME}`';
  const refuse = (at: Node, message: string): void => tell(at, 'variable-value', message, right);
  const other = node.entries.find(({ key }) => key.text !== 'secret' && key.text !== 'env');
  if (other) refuse(other.key, `unexpected key \`${other.key.text}\` in a secret variable`);
  if (secret?.kind !== 'scalar' || !/^true$/i.test(secret.text)) {
    refuse(secret ?? node, 'a variable from the environment is secret: `secret` has to be true');
  }
  const name = env?.kind === 'scalar' ? env.text : '';
  if (!env) refuse(node, 'a secret variable lacks `env`');
  else if (!ENVIRONMENT_NAME.test(name)) refuse(env, '`env` takes the name of an environment variable');
  return { env: name, source, at: env ?? node };
}

function refuseGiven(name: string, { env }: Secret, at: Node, tell: Tell): void {
  const hint = `set the environment variable ${env} instead`;
  tell(at, 'variable-value', `the variable \`${name}\` is secret: no file and no command line gives its value`, hint);
}

/** The secrets among variables. */
export function secretsIn(variables: Variables): Secret[] {
  return [...variables.values()].flatMap((one) => ('secret' in one ? [one.secret] : []));
}

/** A node as a variable's literal value. */
export function asVariable(node: Node): Variable {
  if (node.kind === 'map') return { map: node };
  return node.kind === 'scalar' ? { text: node.text, typed: node.plain } : { text: '', typed: false };
}

type Tell = (at: Node, rule: string, message: string, hint?: string) => void;

function refuseKind(name: string, declared: Variable, at: Node, tell: Tell): void {
  const [kind, other] = 'map' in declared ? ['a map of flags', 'a text'] : ['a text', 'a map'];
  const hint = 'map' in declared ? 'a map comes from `--var-file`, or from `with`' : undefined;
  tell(at, 'variable-value', `the variable \`${name}\` is ${kind}, and is given ${other}`, hint);
}

/** Where a variable is looked up. */
interface LookedUp {
  inSteps: boolean;
  /** Whether there are so many problems that no nearest name is searched any more. */
  isFull: () => boolean;
}

/** `${vars.x}` as a value. A secret is known only while steps run: until then `${secrets.ENV}` stands for it. */
export function lookUpVariable(
  path: readonly string[],
  values: Variables,
  { inSteps, isFull }: LookedUp,
): ReturnType<Lookup> {
  const [key = '', ...more] = path;
  const found = more.length === 0 ? values.get(key) : undefined;
  if (found && 'secret' in found) {
    return inSteps
      ? { value: `\${${SECRETS}.${found.secret.env}}`, typed: false, later: true }
      : { problem: `\`vars.${key}\` is secret, and can stand only in the arguments of steps` };
  }
  if (found && 'map' in found) {
    return {
      problem: `\`vars.${key}\` is a map of flags: it stands for all of \`flags\`, as \`flags: \${vars.${key}}\``,
    };
  }
  if (found) return { value: found.text, typed: found.typed, later: found.later, given: found.given };
  if (isFull()) return 'later';
  const near = nearest(key, values.keys());
  const hint = near === undefined ? '' : `; did you mean \`\${vars.${near}}\`?`;
  return { problem: `there is no variable \`${[key, ...more].join('.')}\`${hint}` };
}

/** The problem of a value that no `vars` declares. */
export function notDeclared(name: string, declared: Iterable<string>): string {
  const names = [...declared];
  const near = nearest(name, names);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  return names.length === 0 ? 'it declares no `vars`' : `it declares ${names.join(', ')}`;
}
