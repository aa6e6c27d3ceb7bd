/** Expectations that nearly everything fulfills. */
import { normalise, textMatcher } from '../../match';
import { EXPECT_ERROR } from '../../steps/step';
import { valueOf, type Node } from '../node';
import { argument, type RuleVisit } from './visit';

/** Shorter texts are part of most lines. */
const SHORTEST = 3;

/** Words that stand in lines which every member logs all the time. */
const ROUTINE: ReadonlySet<string> = new Set(
  'already client cluster election error etcd etcdserver follower info leader level log member members msg peer raft server snapshot started starting term wal warn'.split(
    ' ',
  ),
);

/** The exit codes with which etcd ends by itself: 0 where it was removed or stopped, 1 and 2 on errors and panics. */
const ALL_CODES = ['0', '1', '2'];

export function loose(visit: RuleVisit): void {
  looseError(visit);
  looseLog(visit);
  anyExitCode(visit);
}

function looseError({ step, state, tell }: RuleVisit): void {
  const { expectError = [] } = step.modifiers;
  for (const [i, pattern] of [expectError].flat().entries()) {
    const pointer = Array.isArray(expectError) ? `${EXPECT_ERROR}/${i}` : EXPECT_ERROR;
    const hint = 'quote more of what etcd says';
    if (typeof pattern !== 'string') {
      if (matchesRoutine(pattern.matches)) {
        tell('loose-text', `${pointer}/matches`, `/${pattern.matches}/ matches nearly every error`, hint);
      }
      continue;
    }
    const why = whyLoose(pattern) ?? (isRoutine(pattern, state.members) ? 'a word of many messages' : undefined);
    if (why !== undefined) tell('loose-text', pointer, `"${pattern}" is ${why}: nearly every error has it`, hint);
  }
}

/** Messages that have nothing in common but that etcd says them. */
const ROUTINE_MESSAGES = ['ready to serve client requests', 'elected leader a39590 at term 2', 'closing etcd server'];

function matchesRoutine(expression: string): boolean {
  const matcher = textMatcher({ matches: expression });
  return ROUTINE_MESSAGES.every((message) => matcher.matches(message));
}

function isRoutine(text: string, members: readonly string[]): boolean {
  return ROUTINE.has(normalise(text)) || members.includes(text.trim());
}

function looseLog({ step, tell }: RuleVisit): void {
  const log = step.step.name === 'expect' ? argument(step, 'log') : undefined;
  const contains = log?.kind === 'map' ? valueOf(log, 'contains') : undefined;
  if (!contains) return;
  const items: [Node, string][] =
    contains.kind === 'seq' ? contains.items.map((one, i) => [one, `/${i}`]) : [[contains, '']];
  for (const [node, index] of items) {
    const why = node.kind === 'scalar' && !node.text.includes('${') ? whyLoose(node.text) : undefined;
    if (node.kind !== 'scalar' || why === undefined) continue;
    const hint = 'quote more of what the line says';
    tell('loose-text', `/log/contains${index}`, `"${node.text}" is ${why}: nearly every log has it`, hint);
  }
}

function whyLoose(text: string): string | undefined {
  const { length } = normalise(text);
  if (length >= SHORTEST) return undefined;
  return length === 1 ? 'one character' : `${length} characters`;
}

function anyExitCode({ step, tell }: RuleVisit): void {
  const exit = step.step.name === 'expect' ? argument(step, 'exit') : undefined;
  const code = exit?.kind === 'map' ? valueOf(exit, 'code') : undefined;
  if (code?.kind !== 'seq') return;
  const codes = code.items.map((one) => (one.kind === 'scalar' ? one.text : ''));
  if (!ALL_CODES.every((one) => codes.includes(one))) return;
  const message = 'etcd exits by itself with 0, 1 or 2, and all of them are accepted here';
  tell('any-exit-code', '/exit/code', message, 'name the one that shows what happened; `running` shows that it ended');
}
