/** What stands above a single step, on real etcd: a matrix, parts, rounds until something holds, collecting. */
import { inconsistencies, runDrills, told, yamlOf, type DrillRun } from './helpers';

const PARTS = {
  'parts/up.yaml': `
description: One member serves, and has a key.
vars: {key: foo, flags: {}}
steps:
  - start: {member: all, flags: "\${vars.flags}"}
  - put: {key: "\${vars.key}", value: bar}
    as: written
`,
  'parts/read.yaml': `
vars: {key: foo, value: bar, from: etcd-1}
steps:
  - note: reading
  - get: {key: "\${vars.key}", value: "\${vars.value}", from: "\${vars.from}"}
`,
};

const DRILLS = {
  'a matrix': yamlOf('From ${matrix.from} to ${matrix.to}', {
    top: 'matrix: {from: [3.4.23, 3.5.35], to: [3.5.35, 3.6.16]}\netcd: "${matrix.to}"',
    steps: `
      - start: {member: all, version: "\${matrix.from}"}
      - put: {key: k, value: "\${matrix.to}"}
      - get: {key: k, value: 3.5.35} # here`,
  }),
  parts: yamlOf('parts', {
    steps: `
      - use: {file: parts/up.yaml, with: {key: "a $\${b}", flags: {snapshot-count: 5}}}
        name: One member is up
      - expect: {log: {member: etcd-1, contains: '"snapshot-count":5'}}
      - kill: all
        as: victim
      - start: \${results.victim.members}
      - parallel:
          - use: {file: parts/read.yaml, with: {key: "a $\${b}", from: "\${results.victim.members}"}}
          - get: {key: "a $\${b}", revision: "\${results.written.revision}"}
      - use: parts/read.yaml
        when: {etcd: "<3.4"}`,
  }),
  'a failure in a part': yamlOf('a failure in a part', {
    steps: `
      - use: parts/up.yaml
      - use: {file: parts/read.yaml, with: {value: baz}} # here`,
    last: `
      - put: {key: last, value: x}
      - get: {key: last, value: y} # in finally`,
    top: `
onFailure:
  - etcdctl: [endpoint, status, -w, json]
  - get: nothing
  - get: {key: foo, value: other}
  - get: {key: last, absent: true}
    as: before
  - etcdctl: [no-such-command]`,
  }),
  'no failure': yamlOf('no failure', { steps: '- start: all', top: 'onFailure: [put: {key: k, value: v}]' }),
  'rounds until': yamlOf('rounds until', {
    steps: `
      - start: all
      - repeat:
          until: {expect: {log: {member: etcd-1, contains: finished scheduled compaction}}}
          times: 50
          steps:
            - put: {key: k, value: "\${repeat.index}"}
            - compact: current
            - repeat: {times: 2, steps: [put: {key: "inner/\${repeat.index}", value: x}]}
        as: r
      - put: {key: rounds, value: "\${results.r.rounds}"}
      - get: {key: inner/, prefix: true, count: 2}`,
  }),
  'rounds until never': yamlOf('rounds until never', {
    steps: `
      - start: all
      - repeat: # here
          until: {expect: {alarms: [NOSPACE], healthy: all}}
          times: 3
          steps:
            - put: {key: k, value: "\${repeat.index}"}`,
  }),
  'rounds within': yamlOf('rounds within', {
    steps: `
      - start: all
      - repeat: # here
          until: {expect: {leader: none}, within: 100ms}
          within: 400ms
          steps:
            - get: {key: k, count: 0}`,
  }),
};

describe('the language above a step', () => {
  let run: DrillRun;
  beforeAll(async () => {
    run = await runDrills(DRILLS, { files: PARTS, jobs: 3 });
  }, 240_000);

  it('tells a stream that fits together', () => {
    expect(inconsistencies(run.events)).toEqual([]);
  });

  it('runs a drill once for each combination of its matrix, with its own values and versions', () => {
    const verdicts = [
      ['3.4.23', '3.5.35'],
      ['3.4.23', '3.6.16'],
      ['3.5.35', '3.5.35'],
      ['3.5.35', '3.6.16'],
    ].map(([from, to]) => {
      const found = run.case('a matrix', to, `[from=${from},to=${to}]`);
      return [found.verdict, found.finished.versions['etcd-1']];
    });
    expect(verdicts).toEqual([
      ['passed', '3.4.23'],
      ['failed', '3.4.23'],
      ['passed', '3.5.35'],
      ['failed', '3.5.35'],
    ]);
    const [started] = run.events;
    const names = started?.type === 'run-started' ? started.cases.map(({ name }) => name) : [];
    expect(names).toContain('From 3.4.23 to 3.6.16');
  });

  it('runs the steps of parts, with their values, wherever they are used', () => {
    const found = run.case('parts');
    expect(found.verdict).toBe('passed');
    expect(found.step('1').step.sentence).toBe('One member is up');
    expect(found.step('1.2').step).toMatchObject({
      sentence: 'put a ${b} = "bar"',
      place: { file: 'drills/parts/up.yaml', line: 6 },
      usedAt: [{ file: 'drills/2.yaml', line: found.lineOf('parts/up.yaml') }],
    });
    expect(found.step('5.1.2').status).toBe('passed');
    expect(found.step('6')).toMatchObject({ status: 'skipped', notes: ['only for etcd <3.4'] });
  });

  it('points into the part that fails, and to where it is used', () => {
    const found = run.case('a failure in a part');
    const { failure } = found;
    expect(failure.step).toMatchObject({
      id: '2.2',
      place: { file: 'drills/parts/read.yaml', line: 5 },
      usedAt: [{ file: 'drills/3.yaml', line: found.lineOf('# here') }],
    });
    expect(failure.frame).toContain('> 5 |   - get: {key: "${vars.key}"');
    expect(told(failure.comparisons)).toEqual(['value of "foo" on etcd-1: expected "baz"; actual "bar"']);
  });

  it('collects after a failure, before `finally`, and hides nothing', () => {
    const found = run.case('a failure in a part');
    const steps = found.events('step-finished').filter(({ step }) => step.phase === 'onFailure');
    expect(steps.map(({ step, status }) => `${step.id} ${status}`)).toEqual([
      'onFailure.1 passed',
      'onFailure.2 passed',
      'onFailure.3 failed',
      'onFailure.4 passed',
      'onFailure.5 failed',
    ]);
    expect(steps[0]?.output).toBeUndefined();
    expect(steps[0]?.collected).toContain('"Endpoint":"http://127.0.0.1:2379"');
    expect(steps[1]?.collected).toMatch(/^value: none\ncount: 0\nrevision: 2/);
    expect(found.finished.further.map(({ step }) => step?.id)).toEqual(['onFailure.3', 'onFailure.5', 'finally.2']);
  });

  it('collects nothing where nothing failed', () => {
    const found = run.case('no failure');
    expect(found.verdict).toBe('passed');
    expect(found.events('step-finished').map(({ step }) => step.id)).toEqual(['1']);
  });

  it('repeats until something holds after a round', () => {
    const found = run.case('rounds until');
    expect(found.verdict).toBe('passed');
    expect(found.step('2').notes).toEqual([expect.stringMatching(/^held after \d+ rounds?$/)]);
    const rounds = found.events('step-finished').filter(({ step }) => step.id === '2.1');
    expect(found.step('2').notes[0]).toContain(`held after ${rounds.length} round`);
    expect(found.step('3').step.sentence).toBe(`put rounds = "${rounds.length}"`);
  });

  it('fails where it never holds, with what was seen the last time', () => {
    const found = run.case('rounds until never');
    expect(found.failure.message).toBe(
      '`until` did not hold after any of 3 rounds; the last time: the cluster is not as expected',
    );
    expect(told(found.failure.comparisons)).toEqual(['alarms on etcd-1: expected NOSPACE; actual none']);
    expect(found.failure.step).toMatchObject({ id: '2', place: { line: found.lineOf('# here') } });
    expect(found.events('step-finished').filter(({ step }) => step.id === '2.1')).toHaveLength(3);
    const within = run.case('rounds within');
    expect(within.failure.message).toMatch(/^`until` did not hold after any of \d+ rounds; /);
  });
});
