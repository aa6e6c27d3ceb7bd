/** Where images of etcd come from. */
export { ensureImage } from './ensure';
export type { ImageOptions, ImageRef } from './types';
