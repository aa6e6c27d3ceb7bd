/** After a promotion: the member itself learns of it a moment later. */
import { EtcdSaid } from '../../src/errors';
import type { StepContext } from '../../src/steps/context';
import { awaitVote } from '../../src/steps/vote';

const LEARNER = new EtcdSaid('etcdserver: rpc not supported for learner', 'failed', 'etcd-3');
const NO_QUORUM = new EtcdSaid('deadline exceeded after 1s', 'unknown', 'etcd-3');

/** A member that answers so, one after the other; how often it was asked, and what was noted. */
async function wait(answers: readonly (EtcdSaid | 'list')[], more: { exitCode?: number; leftMs?: number } = {}) {
  let asked = 0;
  const notes: string[] = [];
  const memberList = (): Promise<unknown> => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    return answer instanceof EtcdSaid ? Promise.reject(answer) : Promise.resolve({ members: [] });
  };
  const context = {
    cluster: { process: () => ({ client: { memberList }, exitCode: more.exitCode }) },
    signal: new AbortController().signal,
    left: () => more.leftMs ?? 1000,
    call: () => ({ timeoutMs: 1000 }),
    waitingFor: () => undefined,
    note: (text: string) => notes.push(text),
  };
  await awaitVote('etcd-3', context as unknown as StepContext);
  return { asked, notes };
}

it('waits while the member refuses requests as a learner', async () => {
  expect(await wait([LEARNER, LEARNER, 'list'])).toEqual({ asked: 3, notes: [] });
});

it('does not wait for one that knows, that reaches no quorum, or that is down', async () => {
  expect(await wait(['list'])).toEqual({ asked: 1, notes: [] });
  expect(await wait([NO_QUORUM])).toEqual({ asked: 1, notes: [] });
  expect(await wait([LEARNER], { exitCode: 1 })).toEqual({ asked: 0, notes: [] });
});

it('says so where the member does not learn it', async () => {
  const { notes } = await wait([LEARNER], { leftMs: 60 });
  expect(notes).toEqual(['etcd-3 answers as a learner still']);
});
