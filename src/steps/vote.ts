/** A promoted member learns of it a moment after the cluster has agreed, and refuses requests as a learner until then. */
import { poll } from '../clock';
import { EtcdSaid } from '../errors';
import type { StepContext } from './context';
import { PROBE_MS } from './health';

/** What a member says that takes itself for a learner. */
const AS_LEARNER = 'not supported for learner';
/** How long it may take; one that is cut off learns it later. */
const LEARNS_MS = 5000;

/** Waits until a member that was promoted knows that it has a vote; one that is down or can't answer is not waited for. */
export async function awaitVote(member: string, context: StepContext): Promise<void> {
  const process = context.cluster.process(member);
  if (!process || process.exitCode !== undefined) return;
  context.waitingFor(`${member} to know that it is a voter`);
  const knows = await poll(
    async () => {
      try {
        await process.client.memberList(context.call(PROBE_MS));
        return true;
      } catch (thrown) {
        if (thrown instanceof EtcdSaid) return thrown.said.includes(AS_LEARNER) ? undefined : true;
        throw thrown;
      }
    },
    { withinMs: Math.min(LEARNS_MS, context.left()), signal: context.signal },
  );
  if (!knows) context.note(`${member} answers as a learner still`);
}
