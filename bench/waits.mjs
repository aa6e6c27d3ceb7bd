// Whose time it was: what etcd alone decided, what the engine took, and the rest, which is ours. From a case's events
// and from what its members logged; where a wait ends, the line counts with which etcd itself says so.
import { existsSync, readFileSync } from 'node:fs';
import { length, union, within, without } from './intervals.mjs';

const PORT_OPEN = /ready to serve client requests|serving client traffic/;
const SIGNAL = /received signal; shutting down|received \w+ signal, shutting down/;
/** Lines that end a wait: an election, the versions of the cluster and of its storage, a downgrade's end. */
const ENDS_A_WAIT =
  /elected leader|updated (the )?cluster version|set (the )?initial cluster version|updated storage version|the cluster has been downgraded|ready to downgrade/;
/** Refusals that pass by themselves. The change is sent again every 200 ms: the last pause is ours. */
const REFUSED_UNTIL = /been up for five seconds|the learner to catch up|the members that were added to start/;
const AGAIN_MS = 200;
/** Waits that etcd does not always end with a line. The longest pause between two looks is ours. */
const UNLOGGED = /downgrade to be over|(cluster|storage) version to be|to catch up$|agree on a leader|for the leader$/;
const LOOK_MS = 250;
/** Requests that a member leaves open for want of a quorum. Shorter ones are not counted as waits. */
const REQUESTS = ['put', 'get', 'delete', 'txn', 'compact', 'snapshot', 'downgrade-enable', 'downgrade-cancel'];
const LONG_REQUEST_MS = 300;
const KILLED = 137;
/** Steps that are a container of their own, a command in one, or a volume's removal. */
const TOOLS = ['restore', 'snapshot-status', 'etcdctl', 'wipe'];

/** { wall, etcd, engine, ours } in milliseconds, etcd's time by kind, and where the time that is ours went. */
export function judgeCase(events, { logOf, textOf }) {
  const [first, last] = [events[0], events.at(-1)];
  const span = { from: timeOf(first), to: timeOf(last) };
  const steps = stepsOf(events);
  const processes = processesOf(events, steps, logOf);
  const engine = within(engineTimes(events, steps, processes, span), span);
  const kinds = etcdTimes(events, steps, processes, textOf);
  const clear = (intervals) => without(within(intervals, span), engine);
  const etcd = clear(Object.values(kinds).flat());
  const ours = without([span], [...engine, ...etcd]);
  return {
    verdict: last.verdict,
    wall: span.to - span.from,
    etcd: length(etcd),
    engine: length(engine),
    ours: length(ours),
    kinds: Object.fromEntries(Object.entries(kinds).map(([kind, intervals]) => [kind, length(clear(intervals))])),
    gaps: gapsOf(ours, events, span),
  };
}

function timeOf({ time }) {
  return Date.parse(time);
}

/** Every step that ran, with its times; `leaf` for one that no other ran in. */
function stepsOf(events) {
  const open = new Map();
  const steps = [];
  for (const event of events) {
    if (event.type === 'step-started') open.set(event.step.id, timeOf(event));
    if (event.type !== 'step-finished' || event.status === 'skipped') continue;
    const { step, attempts, status } = event;
    const to = timeOf(event);
    steps.push({ ...step, attempts, status, from: open.get(step.id) ?? to - event.durationMs, to });
  }
  for (const step of steps) step.leaf = !steps.some(({ id }) => id.startsWith(`${step.id}.`));
  return steps;
}

/** Every process of a member, with what its log says of its life. */
function processesOf(events, steps, logOf) {
  return events
    .filter(({ type }) => type === 'member-started')
    .map((event) => {
      const { member, incarnation } = event;
      const lines = readLog(logOf(member, incarnation));
      const exit = events.find(
        (one) => one.type === 'member-exited' && one.member === member && one.incarnation === incarnation,
      );
      const started = timeOf(event);
      return {
        member,
        started,
        step: steps.find(({ leaf, from, to }) => leaf && from <= started && started <= to),
        lines,
        firstLine: lines[0]?.at,
        portOpen: lines.find(({ text }) => PORT_OPEN.test(text))?.at,
        signalled: lines.find(({ text }) => SIGNAL.test(text))?.at,
        lastLine: lines.at(-1)?.at,
        exited: exit ? timeOf(exit) : undefined,
        // Its last line is from long before its end.
        killed: exit?.exitCode === KILLED,
      };
    });
}

/** The lines that say when: JSON with `ts`, or etcd 3.3's own. Containers' clocks are the machine's, in UTC. */
function readLog(path) {
  if (path === undefined || !existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text) => {
      const [, at] = /"ts":"([^"]+)"/.exec(text) ?? /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) /.exec(text) ?? [];
      const ms = at === undefined ? NaN : Date.parse(at.endsWith('Z') ? at : `${at.replace(' ', 'T')}Z`);
      return Number.isNaN(ms) ? [] : [{ at: ms, text }];
    });
}

/**
 * Making and starting containers until their first line, telling them to end until they have read it, from their last
 * line until the engine says that they are gone, tools, the network before the first step, and removal after the last.
 */
function engineTimes(events, steps, processes, span) {
  const times = [];
  const firstStep = events.find(({ type }) => type === 'step-started');
  times.push({ from: span.from, to: firstStep ? timeOf(firstStep) : span.to });
  times.push({ from: Math.max(span.from, ...steps.map(({ to }) => to)), to: span.to });
  for (const { leaf, action, attempts, from, to } of steps) {
    if (leaf && TOOLS.includes(action) && attempts === 1) times.push({ from, to });
  }
  for (const { member, started, firstLine, signalled, lastLine, exited, killed } of processes) {
    const before = events.findLast((event) => timeOf(event) < started && precedesStart(event, member));
    times.push({ from: before ? timeOf(before) : span.from, to: Math.max(firstLine ?? started, started) });
    if (exited === undefined) continue;
    const told = events.findLast((event) => timeOf(event) <= exited && event.waitingFor === `${member} to end`);
    const sent = told && timeOf(told) >= started ? timeOf(told) : undefined;
    if (sent !== undefined) times.push({ from: sent, to: killed ? exited : (signalled ?? sent) });
    if (lastLine !== undefined && !killed) times.push({ from: lastLine, to: exited });
  }
  return union(times);
}

function precedesStart({ type, member }, started) {
  if (type === 'member-exited') return member === started;
  return type === 'step-started' || type === 'step-finished' || type === 'step-waiting';
}

/** What etcd decided, by kind. */
function etcdTimes(events, steps, processes, textOf) {
  const kinds = { start: [], stop: [], wait: [], refused: [], asked: [], request: [] };
  const lines = processes.flatMap((process) => process.lines);
  for (const process of processes) {
    const { firstLine, portOpen, signalled, lastLine, step } = process;
    if (firstLine === undefined) continue;
    const gaveUp = Math.min(lastLine, step?.to ?? lastLine);
    kinds.start.push({ from: firstLine, to: portOpen ?? gaveUp });
    if (signalled !== undefined) kinds.stop.push({ from: signalled, to: lastLine });
  }
  for (const wait of waitsOf(events, steps)) {
    const { from, to, text } = wait;
    if (REFUSED_UNTIL.test(text)) kinds.refused.push({ from, to: to - AGAIN_MS });
    else kinds.wait.push({ from, to: endOfWait(wait, lines, processes) });
  }
  for (const step of steps.filter(({ leaf }) => leaf)) {
    const { action, from, to } = step;
    if (action === 'sleep') kinds.asked.push({ from, to });
    const forMs = action === 'expect' ? heldFor(step, textOf) : 0;
    if (forMs > 0) kinds.asked.push({ from: Math.max(from, to - forMs), to });
    if (REQUESTS.includes(action) && to - from > LONG_REQUEST_MS) kinds.request.push({ from, to });
  }
  return kinds;
}

/** What steps said that they wait for, until their next event; an `expect` as a whole. */
function waitsOf(events, steps) {
  const waits = events.flatMap((event, i) => {
    if (event.type !== 'step-waiting') return [];
    const step = steps.find(({ id, from, to }) => id === event.step && from <= timeOf(event) && timeOf(event) <= to);
    if (!step || step.action === 'expect' || /to (end|serve)$/.test(event.waitingFor)) return [];
    const next = events.slice(i + 1).find((one) => one.step === event.step || one.step?.id === event.step);
    return [{ from: timeOf(event), to: next ? timeOf(next) : step.to, text: event.waitingFor, attempts: 1 }];
  });
  const looks = steps.filter(({ action, attempts }) => ['expect', 'etcdctl'].includes(action) && attempts > 1);
  return [...waits, ...looks.map(({ from, to, sentence, attempts }) => ({ from, to, text: sentence, attempts }))];
}

/** The last line in a wait that ends waits, a process's end among them; else all but our last pause and look. */
function endOfWait({ from, to, text, attempts }, lines, processes) {
  const [, quoted] = /"(.+)"/.exec(text) ?? [];
  const ends = lines.filter(({ text: line }) => (quoted && line.includes(quoted)) || ENDS_A_WAIT.test(line));
  const exits = processes.flatMap(({ exited, killed, lastLine: at }) =>
    exited === undefined || killed ? [] : [{ at }],
  );
  const logged = Math.max(from, ...[...ends, ...exits].map(({ at }) => at).filter((at) => at > from && at <= to));
  if (logged > from) return logged;
  if (attempts > 1) return from + ((to - from) * (attempts - 1)) / attempts;
  return UNLOGGED.test(text) ? to - LOOK_MS : from;
}

/** The `for` of an `expect`, in milliseconds; it stands on a line of its own or in the step's. */
function heldFor({ place }, textOf) {
  const [first = '', ...rest] = textOf(place.file)
    .split('\n')
    .slice(place.line - 1);
  const indent = first.search(/\S/);
  const more = rest.findIndex((line) => line.trim() !== '' && line.search(/\S/) <= indent);
  const own = [first, ...rest.slice(0, more === -1 ? undefined : more)].join('\n');
  const [, amount, unit] = /\bfor: (\d+(?:\.\d+)?)(ms|s|m)\b/.exec(own) ?? [];
  return amount === undefined ? 0 : Number(amount) * { ms: 1, s: 1000, m: 60_000 }[unit];
}

/** The time that is ours, by what the case was doing: the last event before each piece. Longest first. */
function gapsOf(ours, events, span) {
  const sums = new Map();
  for (const [i, event] of events.entries()) {
    const slice = { from: timeOf(event), to: events[i + 1] ? timeOf(events[i + 1]) : span.to };
    const ms = length(within(ours, slice));
    if (ms > 0) sums.set(told(event), (sums.get(told(event)) ?? 0) + ms);
  }
  return [...sums].map(([after, ms]) => ({ after, ms })).sort((a, b) => b.ms - a.ms);
}

function told({ type, step, member, waitingFor }) {
  if (type === 'step-waiting') return `waiting for ${waitingFor}`;
  return [type.replace('-', ' '), step?.id, step?.action, member].filter(Boolean).join(' ');
}
