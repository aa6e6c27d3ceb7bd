/**
 * YAML text to nodes. js-yaml's events are used, not `load()`, which would turn 007 into 7 and round IDs before anyone
 * sees them.
 */
import { EVENT_ID, SCALAR_STYLE, YAMLException, getScalarValue, parseEvents, type Event } from 'js-yaml';
import { ScenarioError, type Problem } from '../errors';
import { codeFrame, type SourceFile } from '../source';
import type { MapEntry, MapNode, Node, ScalarNode, SeqNode } from './node';

/** Deeper than any drill; a limit, so that hostile files end in a message. */
const MAX_DEPTH = 64;
/** Nodes of the tree with aliases followed; beyond it a file is an alias bomb. */
const MAX_NODES = 200_000;

/** A problem at a range of the source, with its code frame. */
export function problemAt(
  source: SourceFile,
  range: { start: number; end: number },
  rule: string,
  message: string,
  hint?: string,
): Problem {
  const place = source.place(range.start, range.end);
  return { rule, place, message, frame: codeFrame(source, place), ...(hint === undefined ? {} : { hint }) };
}

/** The one document of a file. Throws ScenarioError. */
export function parseDocument(source: SourceFile): Node {
  const events = eventsOf(source);
  const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
  if (documents > 1) {
    throw fail(
      source,
      { start: 0, end: 0 },
      'one-document',
      'the file holds several YAML documents; a scenario is one',
    );
  }
  const root = new TreeBuilder(source, events).build();
  if (!root)
    throw fail(source, { start: 0, end: 0 }, 'not-empty', 'the file is empty; a scenario has a `name` and `steps`');
  return root;
}

function fail(source: SourceFile, range: { start: number; end: number }, rule: string, message: string): ScenarioError {
  return new ScenarioError([problemAt(source, range, rule, message)]);
}

function eventsOf(source: SourceFile): Event[] {
  try {
    return parseEvents(source.text, { maxDepth: MAX_DEPTH });
  } catch (thrown) {
    if (!(thrown instanceof YAMLException)) throw thrown;
    const at = (thrown.mark as { position?: number } | undefined)?.position ?? 0;
    throw fail(source, { start: at, end: at + 1 }, 'yaml', `this is not YAML: ${thrown.reason}`);
  }
}

class TreeBuilder {
  private next = 0;
  private readonly anchors = new Map<string, { node: Node; size: number }>();
  private built = 0;

  constructor(
    private readonly source: SourceFile,
    private readonly events: Event[],
  ) {}

  build(): Node | undefined {
    if (this.events[0]?.type !== EVENT_ID.DOCUMENT) return undefined;
    this.next = 1;
    if (this.events[this.next]?.type === EVENT_ID.POP) return undefined;
    return this.node();
  }

  private node(): Node {
    const event = this.take();
    const before = this.built;
    const node = this.nodeOf(event);
    this.count(1, node);
    if ('anchorStart' in event && event.anchorStart >= 0 && event.type !== EVENT_ID.ALIAS) {
      const name = this.source.text.slice(event.anchorStart, event.anchorEnd);
      this.anchors.set(name, { node, size: this.built - before });
    }
    return node;
  }

  private nodeOf(event: Event): Node {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.scalar(event);
      case EVENT_ID.SEQUENCE:
        return this.sequence(event.start);
      case EVENT_ID.MAPPING:
        return this.mapping(event.start);
      case EVENT_ID.ALIAS:
        return this.alias(event.anchorStart, event.anchorEnd);
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

  private lastEnd = 0;

  private sequence(start: number): SeqNode {
    const items: Node[] = [];
    while (this.events[this.next]?.type !== EVENT_ID.POP) items.push(this.node());
    this.next += 1;
    return { kind: 'seq', items, start, end: items.at(-1)?.end ?? start + 1 };
  }

  private mapping(start: number): MapNode {
    const entries: MapEntry[] = [];
    const merged: MapEntry[] = [];
    while (this.events[this.next]?.type !== EVENT_ID.POP) {
      const key = this.node();
      if (key.kind !== 'scalar') {
        throw fail(this.source, key, 'text-key', 'a key is a text here, not a list or a map');
      }
      const value = this.node();
      if (key.plain && key.text === '<<') merged.push(...this.mergeOf(value));
      else entries.push({ key, value });
    }
    this.next += 1;
    this.refuseDuplicates(entries);
    const own = new Set(entries.map((entry) => entry.key.text));
    for (const entry of merged) {
      if (own.has(entry.key.text)) continue;
      own.add(entry.key.text);
      entries.push(entry);
    }
    return { kind: 'map', entries, start, end: entries.at(-1)?.value.end ?? start + 1 };
  }

  private mergeOf(value: Node): MapEntry[] {
    const maps = value.kind === 'seq' ? value.items : [value];
    return maps.flatMap((map) => {
      if (map.kind === 'map') return map.entries;
      throw fail(this.source, map, 'merge', '`<<` merges a map, or a list of maps');
    });
  }

  private refuseDuplicates(entries: MapEntry[]): void {
    const seen = new Map<string, ScalarNode>();
    for (const { key } of entries) {
      const first = seen.get(key.text);
      if (first) {
        const { line } = this.source.place(first.start);
        throw fail(this.source, key, 'duplicate-key', `the key \`${key.text}\` stands twice, first in line ${line}`);
      }
      seen.set(key.text, key);
    }
  }

  private alias(start: number, end: number): Node {
    const name = this.source.text.slice(start, end);
    const anchored = this.anchors.get(name);
    if (!anchored)
      throw fail(this.source, { start: start - 1, end }, 'alias', `no anchor \`&${name}\` stands before this`);
    this.count(anchored.size, { start, end });
    return anchored.node;
  }

  private count(nodes: number, at: { start: number; end: number }): void {
    this.built += nodes;
    if (this.built > MAX_NODES) {
      throw fail(this.source, at, 'too-large', `with its aliases followed the file has more than ${MAX_NODES} nodes`);
    }
  }

  private take(): Event {
    const event = this.events[this.next];
    if (!event) throw new Error('the YAML events end in the middle of a node');
    this.next += 1;
    return event;
  }
}
