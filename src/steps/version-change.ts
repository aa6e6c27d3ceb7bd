/** What may become what: the rules for going up and down, and what a change of version does to flags. Pure. */
import { spell } from '../cluster/flags';
import { atLeast, compareVersions, minorOf } from '../cluster/version';

/** A member and the version that its data is of. */
export interface MemberVersion {
  member: string;
  version: string;
}

/** How many minor versions lie between; negative where `to` is older. */
export function minorsBetween(from: string, to: string): number {
  const number = (version: string): number => Number(minorOf(version).split('.')[1]);
  return number(to) - number(from);
}

/** Why a member can't be upgraded so; undefined where it can. */
export function whyNoUpgrade({ member, version }: MemberVersion, to: string): string | undefined {
  if (compareVersions(to, version) >= 0) return undefined;
  return (
    `${member} runs etcd ${version}: going to ${to} is a downgrade, which is a step of its own, \`downgrade\`; ` +
    `what an older binary makes of newer data shows \`start: {member: ${member}, version: ${to}}\``
  );
}

/** Why no member may go to this version beside the others: etcd knows members one minor version apart, no further. */
export function whySkipped(others: readonly MemberVersion[], to: string): string | undefined {
  const oldest = others.toSorted((a, b) => compareVersions(a.version, b.version))[0];
  if (!oldest || minorsBetween(oldest.version, to) <= 1) return undefined;
  const between = nextMinor(oldest.version);
  return (
    `${oldest.member} runs etcd ${oldest.version}, and ${to} skips a minor version: etcd is upgraded one minor version ` +
    `at a time, so go to ${between} first, or say \`skipMinor: true\` to see what etcd does`
  );
}

function nextMinor(version: string): string {
  const [major = '0', minor = '0'] = version.split('.');
  return `${major}.${Number(minor) + 1}`;
}

/** Why a member can't be downgraded so; undefined where it can. */
export function whyNoDowngrade({ member, version }: MemberVersion, to: string): string | undefined {
  if (compareVersions(to, version) <= 0) return undefined;
  return `${member} runs etcd ${version}: going to ${to} is an upgrade, which is a step of its own, \`upgrade\``;
}

/**
 * Why a cluster with this member can't be asked for a downgrade; undefined where it can. The request of 3.5 times out
 * and is stored all the same (etcd-facts.md 0b.7, measured on 3.5.30).
 */
export function whyNoDowngradeRequest({ member, version }: MemberVersion): string | undefined {
  if (atLeast(version, '3.6')) return undefined;
  const since = `etcd can be downgraded from 3.6 on, and ${member} runs ${version}`;
  if (!atLeast(version, '3.5')) return `${since}, which has no such request`;
  return (
    `${since}; nothing was sent: a 3.5 answers the request with a time-out and stores it all the same, and the next ` +
    `restart of any 3.5 member is then fatal ("server version is not allowed to join when downgrade is enabled")`
  );
}

/**
 * The flags of members that a version lacks, all of them in one sentence, and what to do; undefined where there is none.
 * `places`: where the author has written which.
 */
export function whyFlagsLost(
  members: ReadonlyMap<string, Readonly<Record<string, string>>>,
  to: string,
  places: ReadonlyMap<string, string> = new Map(),
): { message: string; cure: string } | undefined {
  const lost = new Map<string, { lacking: string; who: string[] }>();
  for (const [member, flags] of members) {
    for (const name of Object.keys(flags)) {
      const spelling = spell(to, name);
      if (!('lacking' in spelling)) continue;
      const entry = lost.get(name) ?? { lacking: spelling.lacking, who: [] };
      entry.who.push(member);
      lost.set(name, entry);
    }
  }
  if (lost.size === 0) return undefined;
  const each = [...lost].map(([name, { lacking, who }]) => {
    const place = places.get(name);
    return `${lacking}, set for ${who.join(', ')}${place === undefined ? '' : ` at ${place}`}`;
  });
  const nulls = [...lost.keys()].map((name) => `${name}: null`).join(', ');
  const here = `drop it here: \`flags: {${nulls}}\``;
  const isPlaced = [...lost.keys()].every((name) => places.has(name));
  const there = 'take it out there, as it has to go from your own members before they are upgraded; or ';
  return { message: each.join('; '), cure: isPlaced ? `${there}${here}` : here };
}

/**
 * The flags that the new version spells otherwise, one sentence each: what an operator has to change. Without `from` they
 * are taken to be spelt as they are written.
 */
export function respelled(flags: Readonly<Record<string, string>>, from: string | undefined, to: string): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    const before = from === undefined ? `--${name}=${value}` : spelled(from, name, value);
    const after = spelled(to, name, value);
    return before === after ? [] : [`etcd ${minorOf(to)} spells ${before} as ${after}`];
  });
}

function spelled(version: string, name: string, value: string): string {
  const spelling = spell(version, name);
  if ('gate' in spelling) return `--feature-gates=${spelling.gate}=${value}`;
  return `--${'flag' in spelling ? spelling.flag : name}=${value}`;
}

/** What is known of the members that still have to be swapped. */
export interface Waiting {
  member: string;
  up: boolean;
  learner: boolean;
}

/**
 * Who is swapped next: those that are down, which nobody misses; then learners, then followers, the leader last. Within
 * a kind the author's order.
 */
export function nextInLine(waiting: readonly Waiting[], leader: string | undefined): Waiting | undefined {
  const rank = ({ member, up, learner }: Waiting): number => (!up ? 0 : member === leader ? 3 : learner ? 1 : 2);
  return waiting.toSorted((a, b) => rank(a) - rank(b))[0];
}
