/** How a member is started: what the step says, and what it does not say worked out from what came before. */
import type { StartSpec } from '../cluster/cluster';
import type { Roster } from '../cluster/roster';

/** What a start may say for itself. */
export interface StartWishes {
  version?: string;
  flags?: Readonly<Record<string, string | null>>;
  initialCluster?: readonly string[];
  initialClusterState?: 'new' | 'existing';
  initialClusterToken?: string;
  peerURL?: string;
  forceNewCluster?: boolean;
  newAddress?: boolean;
}

/** What is known when a member starts, while running or by reading alone. */
export interface StartKnowledge {
  roster: Roster;
  /** The version that the scenario was given. */
  version: string;
  /** The flags of the scenario, for every member. */
  flags: Readonly<Record<string, string>>;
}

/** The whole of it, nothing left to guess. */
export function startSpec(member: string, wishes: StartWishes, known: StartKnowledge): StartSpec {
  const { roster } = known;
  const before = roster.specOf(member);
  const worked = roster.startArguments(member);
  const peerURL = wishes.peerURL ?? roster.peerURL(member);
  const list = wishes.initialCluster ? roster.listOf(wishes.initialCluster) : worked.list;
  return {
    version: wishes.version ?? before?.version ?? known.version,
    flags: wishes.flags ? mergeFlags(known.flags, wishes.flags) : (before?.flags ?? { ...known.flags }),
    initialCluster: list.map((entry) => (entry.name === member ? { ...entry, peerURL } : entry)),
    initialClusterState: wishes.initialClusterState ?? worked.state,
    initialClusterToken: wishes.initialClusterToken ?? before?.initialClusterToken,
    peerURL,
    forceNewCluster: wishes.forceNewCluster ?? false,
    newAddress: wishes.newAddress ?? false,
  };
}

/** Flags with a step's own over them; null drops one. */
export function mergeFlags(
  base: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged: Record<string, string> = { ...base };
  for (const [name, value] of Object.entries(own)) {
    if (value === null) delete merged[name];
    else merged[name] = value;
  }
  return merged;
}
