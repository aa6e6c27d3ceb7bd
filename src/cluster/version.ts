/** Versions are plain text that every room compares: see the kernel's `version.ts`. */
export { atLeast, compareVersions, minorOf, parseRange } from '../version';
