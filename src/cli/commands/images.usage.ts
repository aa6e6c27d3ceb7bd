import { CONFIG, IMAGES, JSON_OUTPUT } from '../options';
import { defineUsage } from '../usage';

export const usage = defineUsage('images', {
  about:
    'Makes the image of each VERSION available (3.5.35, 3.5, ">=3.5.21 <3.7", latest): it is looked for in the engine, in ' +
    'the build cache and in the registries, else built. Without a VERSION, those of the configuration.',
  options: {
    list: { type: 'flag', text: 'tell what versions there are, and where each comes from' },
    json: { ...JSON_OUTPUT.json, text: 'with --list: print it as JSON' },
    save: { type: 'text', value: 'FILE', text: "the engine's images as one file, for a machine without a network" },
    load: { type: 'text', value: 'FILE', text: 'images from that file' },
    ...IMAGES,
    ...CONFIG,
  },
  examples: [
    { says: 'the newest of two lines', line: 'etcd-scenarios images 3.5 3.6' },
    { says: 'to a machine without a network', line: 'etcd-scenarios images --save etcd-images.tar 3.5.35 3.6.16' },
  ],
});
