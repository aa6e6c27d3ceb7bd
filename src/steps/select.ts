/** Selectors: who is meant by `leader`, `all`, `minority`, decided when the step runs. */
import type { MemberProcess } from '../cluster/cluster';
import { poll } from '../clock';
import { EtcdSaid, Unmet, unmetForGood } from '../errors';
import { clustersApart } from './clusters';
import type { StepContext } from './context';
import { awaitEnding } from './ending';
import { PROBE_MS } from './health';

/** Words that stand for members; no member may be named so. */
export const SELECTOR_WORDS = ['all', 'leader', 'follower', 'followers', 'majority', 'minority'] as const;
type SelectorWord = (typeof SELECTOR_WORDS)[number];

export type Selector = string | readonly string[];

/** How long members may take to agree on a leader. */
const LEADER_WAIT_MS = 10_000;

/** The members that a selector means now, in declared order; names and lists stay in the author's. */
export async function select(selector: Selector, context: StepContext): Promise<string[]> {
  if (typeof selector !== 'string') return [...selector];
  if (!isWord(selector)) return [selector];
  const members = await resolveWord(selector, context);
  context.resolved(selector, members);
  return members;
}

/** Exactly one member, where a step asks one. */
export async function selectOne(selector: Selector, context: StepContext): Promise<string> {
  const [member, ...more] = await select(selector, context);
  if (member === undefined || more.length > 0) {
    throw new Unmet(
      `one member is wanted here, and \`${String(selector)}\` is ${more.length === 0 ? 'none' : 'several'}`,
    );
  }
  return member;
}

function isWord(text: string): text is SelectorWord {
  return (SELECTOR_WORDS as readonly string[]).includes(text);
}

async function resolveWord(word: SelectorWord, context: StepContext): Promise<string[]> {
  if (word === 'all') return everybody(context);
  const leader = await agreedLeader(context);
  const voters = runningVoters(context);
  const others = voters.filter((member) => member !== leader);
  const size = context.cluster.roster.known().filter((member) => !context.cluster.roster.isLearner(member)).length;
  switch (word) {
    case 'leader':
      return [leader];
    case 'follower':
      return atLeastOne(others.slice(0, 1), 'follower');
    case 'followers':
      return atLeastOne(others, 'follower');
    case 'majority': {
      const chosen = new Set([leader, ...others.slice(0, Math.floor(size / 2))]);
      return voters.filter((member) => chosen.has(member));
    }
    case 'minority': {
      const wanted = Math.floor((size - 1) / 2);
      if (wanted === 0) throw new Unmet(`\`minority\` means nobody in a cluster of ${size} voters`);
      return atLeastOne(others.slice(0, wanted), 'voter beside the leader');
    }
  }
}

/**
 * `all`: every member of the member list, and every declared member whose process runs; before there is either, all that are
 * declared. Waits for processes that are about to end, and notes which declared members are left out.
 */
export async function everybody(context: StepContext): Promise<string[]> {
  await awaitEnding(context);
  const { cluster } = context;
  const meant = new Set([...cluster.roster.known(), ...cluster.running().map(({ member }) => member)]);
  if (meant.size === 0) return [...cluster.members];
  const left = cluster.members.filter((member) => !meant.has(member));
  if (left.length > 0) context.note(`\`all\` leaves out, not in the member list and not running: ${left.join(', ')}`);
  return cluster.members.filter((member) => meant.has(member));
}

function atLeastOne(members: string[], what: string): string[] {
  if (members.length === 0) throw new Unmet(`no ${what} runs`);
  return members;
}

function runningVoters(context: StepContext): string[] {
  const { roster } = context.cluster;
  return context.cluster
    .running()
    .map(({ member }) => member)
    .filter((member) => !roster.isLearner(member) && !roster.isRemoved(member));
}

/** The member that all that serve call leader. Waits up to 10 s; the failure quotes each one's answer. */
export async function agreedLeader(context: StepContext): Promise<string> {
  context.waitingFor('all members that serve to agree on a leader');
  let answers: string[] = [];
  const leader = await poll(
    async () => {
      if (context.alone && context.cluster.running().length === 0) throw unmetForGood('no member runs to lead');
      const views = await leaderViews(context);
      answers = views.map(({ member, said }) => `${member}: ${said}`);
      const ids = new Set(views.flatMap(({ leaderId }) => (leaderId === undefined ? [] : [leaderId])));
      const [id] = ids;
      if (ids.size !== 1 || id === '0') return undefined;
      return views.find(({ ownId }) => ownId === id)?.member;
    },
    { withinMs: Math.min(LEADER_WAIT_MS, context.left()), signal: context.signal },
  );
  if (leader === undefined) {
    const apart = await clustersApart(context.cluster.running(), context);
    const why = apart === undefined ? '' : `; they are in different clusters: ${apart}`;
    throw new Unmet(
      `the members that serve agree on no leader; they said: ${answers.join('; ') || 'nothing, none runs'}${why}`,
      [],
      'a leader that all members that serve agree on',
    );
  }
  return leader;
}

export interface LeaderView {
  member: string;
  /** The leader's ID in this member's eyes, `0` for none; undefined where it does not answer. */
  leaderId: string | undefined;
  ownId: string | undefined;
  said: string;
}

/** Whom each running member, removed ones left out, takes for the leader. */
export async function leaderViews(context: StepContext): Promise<LeaderView[]> {
  const asked = context.cluster.running().filter(({ member }) => !context.cluster.roster.isRemoved(member));
  return Promise.all(asked.map((process) => leaderView(process, context)));
}

async function leaderView(process: MemberProcess, context: StepContext): Promise<LeaderView> {
  const { member } = process;
  try {
    const { leader, memberId } = await process.client.status(context.call(PROBE_MS));
    const said = leader === '0' ? 'no leader' : leader === memberId ? 'leader is itself' : `leader is ${leader}`;
    return { member, leaderId: leader, ownId: memberId, said };
  } catch (thrown) {
    if (!(thrown instanceof EtcdSaid || thrown instanceof Unmet)) throw thrown;
    return { member, leaderId: undefined, ownId: undefined, said: thrown.message };
  }
}
