/** `knownFailing`: the versions on which a drill has to fail, and for which reason. */
import type { Problem } from '../errors';
import type { TextPattern } from '../match';
import type { Place, SourceFile } from '../source';
import { objectSchema, text, textPatterns, version, type JsonSchema } from '../steps/schema';
import { parseRange } from '../version';
import { cut, valueOf, type Node } from './node';
import { problemAt } from './parse';
import { patternProblems } from './patterns';
import { readNode } from './read';

export interface KnownFailing {
  /** As written: `>=3.6.0 <3.6.5`. */
  range: string;
  holds(version: string): boolean;
  /** The version that is looked at; undefined for the one that the case runs with. */
  version: string | undefined;
  /** What the failure has to say, or the logs of the members that it concerns. */
  because: TextPattern | TextPattern[];
  /** `etcd-io/etcd#20009`. */
  issue: string | undefined;
  place: Place;
}

const ENTRY = objectSchema(
  {
    etcd: { ...text, description: 'a range such as ">=3.6.0 <3.6.5": on these versions the drill has to fail' },
    version: {
      ...version,
      description: 'the version that is looked at, such as "${matrix.to}"; left out, the one that the drill runs with',
    },
    because: {
      ...textPatterns,
      expects: 'a text, a list of texts, or {matches: regex}',
      description: 'what the failure, or the log of a member that it concerns, has to say: any of these texts',
    },
    issue: {
      ...text,
      pattern: '^([\\w.-]+/[\\w.-]+#\\d+|https?://\\S+)$',
      expects: 'an issue such as etcd-io/etcd#20009',
      description: 'where it is told',
    },
  },
  ['etcd', 'because'],
);

export const KNOWN_FAILING: JsonSchema = {
  ...ENTRY,
  type: ['object', 'array'],
  items: ENTRY,
  minItems: 1,
  expects: 'a map such as {etcd: ">=3.6.0 <3.6.5", because: "…", issue: etcd-io/etcd#20009}, or a list of them',
  description: 'versions on which the drill has to fail, for the reason that is given; if it passes there, that is red',
};

interface Written {
  etcd: string;
  version?: string;
  because: KnownFailing['because'];
  issue?: string;
}

/** What a drill knows to fail, and what is wrong with it. `sound` where the schema has accepted it. */
export function knownFailingOf(
  source: SourceFile,
  node: Node | undefined,
  sound: boolean,
  problems: Problem[],
): KnownFailing[] {
  if (node === undefined || !sound) return [];
  problems.push(...patternProblems(source, node, KNOWN_FAILING));
  const entries = node.kind === 'seq' ? node.items : [node];
  return entries.flatMap((entry) => {
    const { etcd: range, version, because, issue } = readNode(entry, ENTRY) as Written;
    const holds = parseRange(range);
    if (holds) return { range, holds, version, because, issue, place: source.place(entry.start) };
    problems.push(noRange(source, entry, range));
    return [];
  });
}

function noRange(source: SourceFile, entry: Node, range: string): Problem {
  const at = (entry.kind === 'map' ? valueOf(entry, 'etcd') : undefined) ?? entry;
  const hint = 'ranges are like ">=3.4", "<3.6", or ">=3.5.2 <3.7"';
  return problemAt(source, at, 'wrong-value', `"${cut(range)}" is no range of versions`, hint);
}

/** The entry that is about a case of this version. */
export function knownFor(known: readonly KnownFailing[], caseVersion: string): KnownFailing | undefined {
  return known.find((one) => one.holds(one.version ?? caseVersion));
}
