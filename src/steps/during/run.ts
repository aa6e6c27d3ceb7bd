/** What `during` does when it runs: clients beside the steps, then reading back and judging. */
import type { MemberProcess } from '../../cluster/cluster';
import { formatDuration, poll } from '../../clock';
import { EtcdSaid, Unmet } from '../../errors';
import type { WorkloadFigures } from '../../figures';
import { check, type ReadBack } from '../../workload/check';
import { readBack } from '../../workload/read-back';
import { Recorder } from '../../workload/recorder';
import type { Settings } from '../../workload/settings';
import type { Target } from '../../workload/targets';
import { Workload } from '../../workload/workload';
import type { StepContext } from '../context';
import { mayListen } from '../health';
import { plural } from '../../plural';
import { unmetBy, type Expected } from './expected';
import { resultOf } from './result';

/** How long clients get until the steps begin, and from the last step on: to show that writes are acknowledged. */
const FIRST_WRITES_MS = 10_000;
const LAST_WRITE_MS = 10_000;
/** How long a member may take until it can be read back. */
const READ_BACK_MS = 15_000;

/** Throws Unmet where something was lost, or is not as `expected`; whatever the steps throw, with the figures told. */
export async function runDuring(
  settings: Settings,
  expected: Expected,
  context: StepContext,
  steps: () => Promise<void>,
): Promise<ReturnType<typeof resultOf>> {
  const file = context.recordFile('workload.ndjson');
  const recorder = new Recorder(file?.path);
  const candidates = (): Target[] => candidatesIn(context);
  const workload = new Workload({ settings, candidates, recorder, signal: context.signal });
  const tell = (figures: WorkloadFigures): WorkloadFigures => {
    context.tellWorkload({ ...figures, file: file?.shown });
    return figures;
  };
  try {
    await runUnderLoad(workload, context, steps);
  } catch (thrown) {
    // Why the steps failed is the news; what could not be written besides is not.
    await recorder.close().catch((trouble: unknown) => context.note(String(trouble)));
    tell({ ...workload.figures(), verdicts: null, findings: [] });
    throw thrown;
  }
  await recorder.close();
  return conclude(workload, expected, context, tell);
}

/** Running voters whose port is open, in declared order: a learner is not asked. */
function candidatesIn(context: StepContext): Target[] {
  return votersIn(context).filter(mayListen);
}

function votersIn({ cluster }: StepContext): MemberProcess[] {
  const { roster } = cluster;
  return cluster.running().filter(({ member }) => !roster.isLearner(member) && !roster.isRemoved(member));
}

/** The clients work before the steps begin, and until a write that began after the last one is acknowledged. */
async function runUnderLoad(workload: Workload, context: StepContext, steps: () => Promise<void>): Promise<void> {
  const { signal } = context;
  const acknowledged = async (wanted: () => boolean, withinMs: number, what: string): Promise<void> => {
    context.waitingFor(what);
    await poll(async () => (wanted() ? true : undefined), { withinMs, signal, maxIntervalMs: 25 });
  };
  workload.start();
  try {
    if (candidatesIn(context).length > 0) {
      await acknowledged(() => workload.writes.acknowledged > 0, FIRST_WRITES_MS, 'the first acknowledged write');
    }
    await steps();
    const endMs = workload.nowMs();
    await acknowledged(() => workload.lastWriteBeganMs > endMs, LAST_WRITE_MS, 'a write to be acknowledged again');
    if (workload.lastWriteBeganMs <= endMs) {
      context.note(`no write was acknowledged in the ${formatDuration(LAST_WRITE_MS)} after the last step`);
    }
  } finally {
    await workload.stop();
  }
}

/** Reads back, judges, tells. */
async function conclude(
  workload: Workload,
  expected: Expected,
  context: StepContext,
  tell: (figures: WorkloadFigures) => WorkloadFigures,
): Promise<ReturnType<typeof resultOf>> {
  const bare = { ...workload.figures(), verdicts: null, findings: [] };
  if (bare.writes.acknowledged === 0) {
    tell(bare);
    const texts = Object.values(bare.errorTexts).join('; ') || 'there was nobody to ask';
    throw new Unmet(`no write at all was acknowledged, so nothing was shown: ${texts}`);
  }
  const { members, silent } = await readBackAll(workload, context);
  const { naming, history } = workload;
  const checked =
    members.length > 0 ? await check(history, members, (key) => naming.key(key), workload.wrongLeases) : {};
  const figures = tell({ ...bare, ...checked });
  noteWhatIsOdd(figures, context);
  const unread = silent.map(({ member, why }) => ({
    subject: `what ${member} holds at the end`,
    expected: 'to be read back',
    actual: why,
  }));
  if (members.length === 0) unread.push({ subject: 'members that can be read back', expected: 'one', actual: 'none' });
  const unmet = [...unread, ...unmetBy(figures, expected)];
  if (unmet.length > 0 || !figures.verdicts) throw new Unmet('what came of the workload is not as expected', unmet);
  return resultOf(figures, figures.verdicts);
}

/** Every running voter is asked what it holds; a step beside this one may start it anew meanwhile, or end it. */
async function readBackAll(
  workload: Workload,
  context: StepContext,
): Promise<{ members: ReadBack[]; silent: { member: string; why: string }[] }> {
  const { cluster, signal } = context;
  const voters = votersIn(context).map(({ member }) => member);
  context.waitingFor(`${voters.join(', ')} to be read back`);
  const members: ReadBack[] = [];
  const silent: { member: string; why: string }[] = [];
  const readOne = async (member: string): Promise<void> => {
    let why = '';
    const found = await poll(
      async () => {
        const process = cluster.process(member);
        if (!process || process.exitCode !== undefined) return undefined;
        try {
          return await readBack(workload, member, process.client, signal);
        } catch (thrown) {
          if (!(thrown instanceof EtcdSaid || thrown instanceof Unmet)) throw thrown;
          why = thrown.message;
          return undefined;
        }
      },
      { withinMs: READ_BACK_MS, signal },
    );
    if (found) members.push(found);
    else if (votersIn(context).some((process) => process.member === member)) silent.push({ member, why });
    else context.note(`not read back, ended meanwhile: ${member}`);
  };
  await Promise.all(voters.map(readOne));
  return { members, silent };
}

function noteWhatIsOdd({ missedRate, rate, writesPerSecond, verdicts }: WorkloadFigures, context: StepContext): void {
  if (missedRate) context.note(`the rate was missed: ${writesPerSecond}/s of ${rate}/s were acknowledged`);
  if (verdicts && verdicts.unproven > 0) {
    context.note(`${plural(verdicts.unproven, 'overwritten write')} could not be proven: the history is compacted`);
  }
}
