/**
 * YAML text to nodes. js-yaml's events are used, not `load()`, which would turn 007 into 7 and round IDs before anyone
 * sees them.
 */
import { EVENT_ID, SCALAR_STYLE, YAMLException, getScalarValue, parseEvents, type Event } from 'js-yaml';
import { ScenarioError, type Problem } from '../errors';
import { severityOf, SILENCEABLE } from '../rules';
import { codeFrame, onOneLine, type SourceFile } from '../source';
import { cut, type MapEntry, type MapNode, type Node, type ScalarNode, type SeqNode } from './node';
import { yamlProblem } from './yaml-problem';

/** Deeper than any drill; a limit, so that hostile files end in a message. */
export const MAX_DEPTH = 64;
/** Nodes of the tree with aliases followed; beyond it a file is an alias bomb. */
const MAX_NODES = 200_000;

interface Range {
  start: number;
  end: number;
  /** Where it stands in another file than the one that it is found in. */
  source?: SourceFile;
}

/** A problem at a range of the source, with its code frame. */
export function problemAt(source: SourceFile, range: Range, rule: string, message: string, hint?: string): Problem {
  const file = range.source ?? source;
  const place = file.place(range.start, range.end);
  return {
    rule,
    severity: severityOf(rule),
    ...(SILENCEABLE.has(rule) ? { page: `etcd-scenarios rules ${rule}` } : {}),
    place,
    message: onOneLine(message),
    frame: codeFrame(file, place),
    ...(hint === undefined ? {} : { hint: onOneLine(hint) }),
  };
}

/** The one document of a file, and what is wrong with it that does not keep one from reading on. Throws ScenarioError. */
export function parse(source: SourceFile): { root: Node; problems: Problem[] } {
  const events = eventsOf(source);
  const [, second] = documentStarts(events);
  if (second !== undefined) {
    const message = 'the file holds several YAML documents; a scenario is one';
    throw fail(source, second, 'one-document', message, 'write a file for each, and no `---` between steps');
  }
  const builder = new TreeBuilder(source, events);
  const root = builder.build();
  const nothing = !root || (root.kind === 'scalar' && root.plain && root.text === '');
  if (nothing)
    throw fail(source, { start: 0, end: 0 }, 'not-empty', 'the file is empty; a scenario has a `name` and `steps`');
  return { root, problems: builder.problems };
}

/** The one document of a file. Throws ScenarioError for whatever is wrong with it as YAML. */
export function parseDocument(source: SourceFile): Node {
  const { root, problems } = parse(source);
  if (problems.length > 0) throw new ScenarioError(problems);
  return root;
}

function fail(source: SourceFile, range: Range, rule: string, message: string, hint?: string): ScenarioError {
  return new ScenarioError([problemAt(source, range, rule, message, hint)]);
}

function eventsOf(source: SourceFile): Event[] {
  try {
    return parseEvents(source.text, { maxDepth: MAX_DEPTH });
  } catch (thrown) {
    if (!(thrown instanceof YAMLException)) throw thrown;
    const { at, message, hint } = yamlProblem(source.text, thrown);
    throw fail(source, { start: at, end: at + 1 }, 'yaml', message, hint);
  }
}

/** Where each document's first node stands, as far as it has one. */
function documentStarts(events: readonly Event[]): Range[] {
  return events.flatMap((event, i) => {
    if (event.type !== EVENT_ID.DOCUMENT) return [];
    const next = events[i + 1];
    const start = next === undefined ? -1 : 'valueStart' in next ? next.valueStart : 'start' in next ? next.start : -1;
    return [{ start: Math.max(0, start), end: Math.max(0, start) + 1 }];
  });
}

interface Built {
  node: Node;
  /** Nodes in it, aliases followed. */
  size: number;
  /** Levels in it, aliases followed. */
  height: number;
}

class TreeBuilder {
  readonly problems: Problem[] = [];
  private next = 0;
  private readonly anchors = new Map<string, Built>();
  private built = 0;
  /** Where the last value ended: an absent one stands there. */
  private lastEnd = 0;

  constructor(
    private readonly source: SourceFile,
    private readonly events: Event[],
  ) {}

  build(): Node | undefined {
    if (this.events[0]?.type !== EVENT_ID.DOCUMENT) return undefined;
    this.next = 1;
    if (this.events[this.next]?.type === EVENT_ID.POP) return undefined;
    return this.node().node;
  }

  private node(): Built {
    const event = this.events[this.next];
    if (!event) throw new Error('the YAML events end in the middle of a node');
    this.next += 1;
    if (event.type === EVENT_ID.ALIAS) return this.alias(event.anchorStart, event.anchorEnd);
    const before = this.built;
    const { node, height } = this.nodeOf(event);
    this.count(1, node);
    const made = { node, height, size: this.built - before };
    if ('tagStart' in event && event.tagStart >= 0) this.refuseTag(event.tagStart, event.tagEnd);
    if ('anchorStart' in event && event.anchorStart >= 0) {
      this.anchors.set(this.source.text.slice(event.anchorStart, event.anchorEnd), made);
    }
    return made;
  }

  private nodeOf(event: Exclude<Event, { type: typeof EVENT_ID.ALIAS }>): { node: Node; height: number } {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return { node: this.scalar(event), height: 1 };
      case EVENT_ID.SEQUENCE:
        return this.sequence(event.start);
      case EVENT_ID.MAPPING:
        return this.mapping(event.start);
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
        throw new Error(`unexpected YAML event ${event.type}`);
    }
  }

  private scalar(event: Extract<Event, { type: typeof EVENT_ID.SCALAR }>): ScalarNode {
    const plain = event.style === SCALAR_STYLE.PLAIN;
    if (event.valueStart < 0) {
      const at = this.lastEnd;
      return { kind: 'scalar', text: '', plain: true, start: at, end: at };
    }
    const text = getScalarValue(this.source.text, event);
    const quote = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
    const [start, end] = [event.valueStart - quote, event.valueEnd + quote];
    this.lastEnd = end;
    return { kind: 'scalar', text, plain, start, end };
  }

  private sequence(start: number): { node: SeqNode; height: number } {
    const items: Node[] = [];
    let height = 0;
    while (this.events[this.next]?.type !== EVENT_ID.POP) {
      const item = this.node();
      items.push(item.node);
      height = Math.max(height, item.height);
    }
    this.next += 1;
    const node: SeqNode = { kind: 'seq', items, start, end: items.at(-1)?.end ?? start + 1 };
    return { node, height: this.above(height, node) };
  }

  private mapping(start: number): { node: MapNode; height: number } {
    const entries: MapEntry[] = [];
    const seen = new Map<string, ScalarNode>();
    const merged: MapEntry[] = [];
    let height = 0;
    while (this.events[this.next]?.type !== EVENT_ID.POP) {
      const { node: key } = this.node();
      const value = this.node();
      height = Math.max(height, value.height);
      if (key.kind !== 'scalar') this.fail(key, 'text-key', 'a key is a text here, not a list or a map', KEY_HINT);
      if (this.isSecond(key, seen)) continue;
      else if (key.plain && key.text === '<<') merged.push(...this.mergeOf(value.node));
      else entries.push({ key, value: value.node });
    }
    this.next += 1;
    for (const entry of merged) {
      if (seen.has(entry.key.text)) continue;
      seen.set(entry.key.text, entry.key);
      entries.push(entry);
    }
    const node: MapNode = { kind: 'map', entries, start, end: this.lastEnd > start ? this.lastEnd : start + 1 };
    return { node, height: this.above(height, node) };
  }

  private mergeOf(value: Node): MapEntry[] {
    const maps = value.kind === 'seq' ? value.items : [value];
    return maps.flatMap((map) => {
      if (map.kind === 'map') return map.entries;
      return this.fail(map, 'merge', '`<<` merges a map, or a list of maps');
    });
  }

  private isSecond(key: ScalarNode, seen: Map<string, ScalarNode>): boolean {
    const first = seen.get(key.text);
    if (!first) {
      seen.set(key.text, key);
      return false;
    }
    const { line } = this.source.place(first.start);
    this.problem(key, 'duplicate-key', `the key \`${cut(key.text)}\` stands twice, first in line ${line}`);
    return true;
  }

  private refuseTag(start: number, end: number): void {
    const written = cut(this.source.text.slice(start, end));
    const message = `YAML tags such as ${written} mean nothing in a scenario`;
    this.problem({ start, end }, 'tag', message, 'leave it out: text is taken as it is written, quoted or not');
  }

  private alias(start: number, end: number): Built {
    const name = this.source.text.slice(start, end);
    const anchored = this.anchors.get(name);
    this.lastEnd = end;
    if (!anchored) {
      throw fail(this.source, { start: start - 1, end }, 'alias', `no anchor \`&${cut(name)}\` stands before this`);
    }
    this.count(anchored.size, { start, end });
    return anchored;
  }

  private above(height: number, at: Range): number {
    if (height < MAX_DEPTH) return height + 1;
    throw fail(this.source, { start: at.start, end: at.start + 1 }, 'too-deep', TOO_DEEP);
  }

  private count(nodes: number, at: Range): void {
    this.built += nodes;
    if (this.built > MAX_NODES) {
      throw fail(this.source, at, 'too-large', `with its aliases followed the file has more than ${MAX_NODES} nodes`);
    }
  }

  /** What can't be read leaves holes: looking for more would find those. */
  private fail(range: Range, rule: string, message: string, hint?: string): never {
    throw new ScenarioError([...this.problems, problemAt(this.source, range, rule, message, hint)]);
  }

  private problem(range: Range, rule: string, message: string, hint?: string): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    this.problems.push(problemAt(this.source, range, rule, message, hint));
  }
}

/** More than anyone reads at once; a limit, so that hostile files end in a message. */
export const MAX_PROBLEMS = 100;

const TOO_DEEP = `with its aliases followed this is nested deeper than ${MAX_DEPTH} levels`;
const KEY_HINT = 'a text that begins with `{` or `[` needs quotes';
