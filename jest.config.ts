/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  // Runs on real containers have six drills at once each: more of them side by side would only wait for each other.
  maxWorkers: 2,
  maxConcurrency: 6,
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/src/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }],
    // A package of ES modules alone: Node can require it, jest can't.
    '/node_modules/unbash/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: ['/node_modules/(?!unbash/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default config;
