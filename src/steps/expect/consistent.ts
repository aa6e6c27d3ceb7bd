import type { HashAnswer } from '../../cluster/client';
import { poll } from '../../clock';
import { Unmet, EtcdSaid, unmetForGood, type Comparison } from '../../errors';
import { notOneCluster } from '../clusters';
import type { StepContext } from '../context';
import { PROBE_MS } from '../health';
import { etcdctl, everybody as everybodyIn, named } from '../instruction';
import { whyOver } from '../over';
import { memberNames } from '../schema';
import { everybody } from '../select';
import { because, defineRow } from './row';

export const consistent = defineRow({
  name: 'consistent',
  description:
    'all running voters are in one cluster, and have the same HashKV at the same revision, while clients write as well; ' +
    '`{among: […]}` for some',
  example: 'true',
  schema: {
    type: ['boolean', 'object'],
    properties: { among: { ...memberNames, minItems: 2, description: 'the members that are compared' } },
    required: ['among'],
    additionalProperties: false,
  } as const,
  check: (value) => (value === false ? '`consistent` is true, or is left out' : undefined),
  words: (value) => `the data of ${value === true ? 'all voters' : among(value).join(', ')} is the same`,
  runbook(value, state) {
    const target =
      value === true
        ? named(everybodyIn(state).members.filter((one) => !state.roster.isLearner(one)))
        : named(among(value));
    return {
      commands: [{ text: etcdctl(state, target, 'endpoint', 'hashkv', '-w', 'table') }],
      see: ['HASH is the same in every line.'],
      otherwise:
        'While somebody writes, the lines may be of different revisions: ask again. Where it stays different, members hold different data: stop here, and keep every data directory.',
    };
  },
  async look(value, context) {
    const { roster } = context.cluster;
    const running = context.cluster.running();
    const up = running.map(({ member }) => member);
    const voters = (value === true ? await everybody(context) : []).filter((member) => !roster.isLearner(member));
    const wanted = value === true ? voters.filter((member) => up.includes(member)) : among(value);
    context.concerns(...wanted);
    const learner = wanted.find((member) => roster.isLearner(member));
    if (learner !== undefined) throw unmetForGood(`${learner} is a learner, which answers no HashKV`);
    const down = voters.filter((member) => !up.includes(member));
    if (value === true && down.length > 0) context.note(`left out, not running: ${down.join(', ')}`);
    if (wanted.length < 2) throw unmetForGood(`\`consistent\` compares at least two voters; ${wanted.length} run`);
    const apart = await notOneCluster(
      running.filter(({ member }) => wanted.includes(member)),
      context,
    );
    const compared = apart.length > 0 ? apart : compareHashes(await hashesOf(wanted, context));
    const over = wanted.map((member) => whyOver(member, context)).find((why) => why !== undefined);
    return compared.map((one) => ({ ...one, ...because(over) }));
  },
});

function among(value: unknown): string[] {
  return (value as { among: string[] }).among;
}

type Hashed = { member: string; answer: HashAnswer | string };

/** How long a member may take to come to a revision that another one has. */
const CATCH_UP_MS = 1000;

/**
 * Everyone's hash, at one revision where everyone has come to it: while somebody writes no two members are at the same
 * revision at one moment. One that does not get there keeps the answer that it gave before.
 */
async function hashesOf(members: readonly string[], context: StepContext): Promise<Hashed[]> {
  const first = await Promise.all(members.map((member) => hashOf(member, context)));
  const revisions = first.flatMap(({ answer }) => (typeof answer === 'string' ? [] : [BigInt(answer.revision)]));
  const newest = revisions.reduce((most, one) => (one > most ? one : most), 0n);
  if (revisions.length < first.length || revisions.every((one) => one === newest)) return first;
  return Promise.all(
    first.map(async (before) => {
      const { member } = before;
      const there = await poll(
        async () => {
          const { answer } = await hashOf(member, context, String(newest));
          return typeof answer === 'string' ? undefined : { member, answer };
        },
        { withinMs: CATCH_UP_MS, signal: context.signal },
      );
      return there ?? before;
    }),
  );
}

async function hashOf(member: string, context: StepContext, revision?: string): Promise<Hashed> {
  const process = context.cluster.process(member);
  if (!process || process.exitCode !== undefined) return { member, answer: 'not running' };
  try {
    return { member, answer: await process.client.hashKv(context.call(PROBE_MS * 2), revision) };
  } catch (thrown) {
    if (thrown instanceof EtcdSaid || thrown instanceof Unmet) return { member, answer: thrown.message };
    throw thrown;
  }
}

/** Everyone against the first: revision, compaction and hash must all be equal (etcd-facts.md 3.7). */
function compareHashes(hashed: Hashed[]): Comparison[] {
  const [first, ...others] = hashed.map(({ member, answer }) => ({
    member,
    text:
      typeof answer === 'string'
        ? answer
        : `hash ${answer.hash} at revision ${answer.revision}, compacted at ${answer.compactRevision}`,
    failed: typeof answer === 'string',
  }));
  if (!first) return [];
  if (first.failed) return [{ subject: `HashKV of ${first.member}`, expected: 'an answer', actual: first.text }];
  return others.flatMap(({ member, text }) =>
    text === first.text
      ? []
      : [{ subject: `HashKV of ${member}`, expected: `${first.text} (as ${first.member})`, actual: text }],
  );
}
