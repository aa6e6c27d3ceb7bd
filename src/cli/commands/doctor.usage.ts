import { CONFIG, IMAGES, JSON_OUTPUT } from '../options';
import { defineUsage } from '../usage';

export const usage = defineUsage('doctor', {
  about:
    'Looks at Node.js, the Docker engine, its disk, clock and networks, leftovers of killed runs, and where images come ' +
    'from, and says what would mend what it finds. It changes nothing.',
  options: { ...IMAGES, ...CONFIG, ...JSON_OUTPUT },
  examples: [
    { says: 'before the first run', line: 'etcd-scenarios doctor' },
    { says: 'with a mirror', line: "etcd-scenarios doctor --image 'registry.example/etcd:{version}'" },
  ],
  exits: { 0: 'a run can work', 3: 'no run could work: a line says fail' },
});
