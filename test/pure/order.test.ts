import { longestFirst } from '../../src/run/order';
import { planCases } from '../../src/run/plan';
import { loadScenarios } from '../../src/scenario/load';
import type { Scenario } from '../../src/scenario/scenario';
import { SourceFile } from '../../src/source';

function drill(name: string, steps: string, head = ''): Scenario {
  const {
    scenarios: [scenario],
  } = loadScenarios(new SourceFile(`${name}.yaml`, `name: ${name}\nmembers: 3\n${head}steps:\n${steps}`));
  if (!scenario) throw new Error(`${name} is no drill`);
  return scenario;
}

const order = (scenarios: Scenario[], versions: string[]): string[] => {
  const { cases, problems } = planCases(scenarios, { etcd: versions, defaultEtcd: [], repeat: 1 });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return longestFirst(cases).map(({ ref }) => `${ref.name}@${ref.etcd}`);
};

describe('the order in which cases start', () => {
  const short = drill('short', '  - start: all\n');
  const growing = drill('growing', '  - start: {member: etcd-1, initialCluster: [etcd-1]}\n  - member-add: etcd-2\n');
  const nested = drill(
    'nested',
    '  - start: {member: etcd-1, initialCluster: [etcd-1]}\n' +
      '  - parallel: [{member-add: etcd-2}, {put: {key: a, value: b}}]\n',
  );
  const guarded = drill(
    'guarded',
    '  - start: {member: etcd-1, initialCluster: [etcd-1]}\n  - member-add: etcd-2\n    when: {etcd: ">=3.6"}\n',
  );

  it('is the longest first, those alike as they come', () => {
    const again = drill('again', '  - start: all\n');
    expect(order([short, again, growing], ['3.5.35'])).toEqual(['growing@3.5.35', 'short@3.5.35', 'again@3.5.35']);
  });

  it('counts the steps of blocks', () => {
    expect(order([growing, nested], ['3.5.35'])).toEqual(['nested@3.5.35', 'growing@3.5.35']);
  });

  it('counts only what runs with the version', () => {
    expect(order([short, guarded], ['3.5.35', '3.6.16'])).toEqual([
      'guarded@3.6.16',
      'short@3.5.35',
      'short@3.6.16',
      'guarded@3.5.35',
    ]);
  });

  it('puts what is skipped at the end', () => {
    const skipped = drill('skipped', '  - start: all\n  - member-add: etcd-1\n', 'requires: {etcd: ">=3.6"}\n');
    expect(order([skipped, short], ['3.5.35'])).toEqual(['short@3.5.35', 'skipped@3.5.35']);
  });
});
