/** What `expect` asks of members that are down, or that have no quorum. */
import type { DrillState } from '../../steps/drill-state';
import { valueOf } from '../node';
import type { LoadedStep } from '../scenario';
import { argument, namesUnder, textOf, type RuleVisit } from './visit';

export function contradiction(visit: RuleVisit): void {
  const { step, state } = visit;
  if (step.step.name !== 'expect' || !state.ordered) return;
  const isDown = (member: string): boolean => state.isUp(member) === false;
  const silent = textIn(step, 'log', 'member');
  if (silent !== undefined && state.hasNeverRun(silent)) {
    return visit.tell('contradiction', '/log', `${silent} was never started here, and has no log`);
  }
  const running = namesUnder(step, 'running', state)?.find(isDown);
  if (running !== undefined) return visit.tell('contradiction', '/running', `${running} is not running here`);
  const unhealthy = namesUnder(step, 'unhealthy', state)?.find(isDown);
  if (unhealthy !== undefined) {
    const message = `${unhealthy} is not running here; \`unhealthy\` is a process that runs and does not serve`;
    return visit.tell('contradiction', '/unhealthy', message, '`running: […]` says exactly who runs');
  }
  const healthy = namesUnder(step, 'healthy', state);
  const down = healthy?.find(isDown);
  if (down !== undefined)
    return visit.tell('contradiction', '/healthy', `${down} is not running here, and can't serve`);
  const without = healthy?.find((member) => {
    const cluster = state.clusters.of(member);
    return cluster !== undefined && state.lacksQuorum(cluster);
  });
  if (without !== undefined) {
    return visit.tell(
      'contradiction',
      '/healthy',
      `${without} can't serve: most of its cluster's voters are down here`,
    );
  }
  const compared = state.members.filter((member) => state.isUp(member) !== false);
  if (textOf(step, 'consistent') === 'true' && compared.length < 2) {
    const message = `\`consistent\` compares the data of members, and ${compared[0] ?? 'none'} alone runs here`;
    return visit.tell('contradiction', '/consistent', compared.length === 0 ? 'no member runs here' : message);
  }
  const learner = learnerIn(step, state);
  if (learner !== undefined) {
    return visit.tell('contradiction', '/consistent', `${learner} is a learner here, which answers no HashKV`);
  }
  const leader = textOf(step, 'leader');
  if (leader !== undefined && state.members.includes(leader) && isDown(leader)) {
    return visit.tell('contradiction', '/leader', `${leader} is not running here, and leads nobody`);
  }
  if (argument(step, 'exit') === undefined && state.members.every(isDown) && argument(step, 'running') === undefined) {
    const asking = ['leader', 'members', 'clusterId', 'version', 'alarms'].find((row) => argument(step, row));
    if (asking !== undefined) visit.tell('contradiction', `/${asking}`, 'no member runs here that could be asked');
  }
}

/** The text of an entry of an argument that is a map. */
function textIn(step: LoadedStep, key: string, entry: string): string | undefined {
  const map = argument(step, key);
  const node = map?.kind === 'map' ? valueOf(map, entry) : undefined;
  return node?.kind === 'scalar' ? node.text : undefined;
}

function learnerIn(step: LoadedStep, state: DrillState): string | undefined {
  const consistent = argument(step, 'consistent');
  const among = consistent?.kind === 'map' ? valueOf(consistent, 'among') : undefined;
  const names = among?.kind === 'seq' ? among.items.flatMap((one) => (one.kind === 'scalar' ? [one.text] : [])) : [];
  const declared = names.filter((name) => state.members.includes(name));
  return state.listIsCertain ? declared.find((name) => state.roster.isLearner(name)) : undefined;
}
