/** What is asked of this folder, and what it answers. */
import type Dockerode from 'dockerode';

export interface ImageOptions {
  /** The image to use: `{version}` in it is replaced; without `{version}` it is used as it is, whatever the version. */
  image?: string;
  /** Whether an image that is not there may be pulled from a registry. Without `image` it is built where it is not. */
  pull: 'missing' | 'never';
  /** Where images that were built are kept; the user's cache folder where it is not given. */
  cacheDir?: string;
}

export interface ImageRef {
  version: string;
  /** What a container is made from: `localhost/etcd:3.5.35`. */
  reference: string;
  from: 'given' | 'present' | 'cache' | 'pull' | 'build';
}

/** One request for an image, as the functions of this folder hand it to each other. */
export interface ImageTask {
  docker: Dockerode;
  version: string;
  options: ImageOptions;
  progress: (message: string) => void;
  signal: AbortSignal;
  /** The program that builds: `images/build-etcd.sh`. */
  script: string;
}
