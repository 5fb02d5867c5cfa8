const swc = (syntax) => [
  '@swc/jest',
  { jsc: { parser: { syntax }, target: 'es2022' }, module: { type: 'commonjs' }, sourceMaps: 'inline' },
];

// Packages that exist as ES modules only; Jest's own loader cannot require those without a transform.
const ESM_ONLY = [
  'better-auth',
  '@better-auth',
  'better-call',
  '@better-fetch',
  'nanostores',
  'jose',
  '@noble',
  'kysely',
  'rou3',
];

/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.shouwang/'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': swc('typescript'), '^.+\\.m?js$': swc('ecmascript') },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join('|')})/)`],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // Suites that use the real servers wait for them, on a busy machine for longer; a test that hangs still fails in two minutes.
  testTimeout: 120_000,
  testSequencer: '<rootDir>/test/support/slow-first.js',
  maxWorkers: 2,
};
