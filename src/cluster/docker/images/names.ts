/** What images are called. */
import { EnvironmentError } from '../../../errors';

const VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** Throws where the text is no whole version: it is about to become part of a path and of a program's arguments. */
export function checkVersion(version: string): void {
  if (VERSION.test(version)) return;
  throw new EnvironmentError(`'${version}' is not a version of etcd`, 'write all three numbers, such as 3.5.35');
}

/** The images that etcd's own project publishes. */
export function officialReferences(version: string): string[] {
  return [`gcr.io/etcd-development/etcd:v${version}`, `quay.io/coreos/etcd:v${version}`];
}

/** The image that is built here. */
export function builtReference(version: string): string {
  return `localhost/etcd:${version}`;
}

/** The image that the user's template names. */
export function givenReference(template: string, version: string): string {
  return template.replaceAll('{version}', version);
}

/** Repository and tag; a colon before the last slash belongs to a port. */
export function splitReference(reference: string): { repository: string; tag: string } {
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  if (colon < 0) return { repository: reference, tag: 'latest' };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

/** The version that an image's name stands for: an official one, one that was built here, or one like the template. */
export function versionOfReference(reference: string, template?: string): string | undefined {
  const mark = '0.0.0';
  const names =
    template === undefined
      ? [...officialReferences(mark), builtReference(mark)]
      : [template.replaceAll('{version}', mark)];
  for (const name of names) {
    const [before = '', after = ''] = name.split(mark);
    const version = reference.slice(before.length, reference.length - after.length);
    if (reference.startsWith(before) && reference.endsWith(after) && VERSION.test(version)) return version;
  }
  return undefined;
}
