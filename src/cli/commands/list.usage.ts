import { JSON_OUTPUT, SELECTING, VARIABLES } from '../options';
import { defineUsage } from '../usage';

export const usage = defineUsage('list', {
  about: 'Lists drills with their place, members, versions and tags: those tagged slow too. It needs no Docker.',
  options: { ...SELECTING, ...VARIABLES, ...JSON_OUTPUT },
  examples: [
    { says: 'those of one kind', line: "etcd-scenarios list --tag 'recovery and not slow'" },
    { says: 'name, file, line, tags, versions, matrix and counts as JSON', line: 'etcd-scenarios list --json' },
  ],
});
