/** Packages that only compile or fetch other packages: nothing loads them while the server runs. */
export const notAtRunTime = ['prebuild-install', 'node-addon-api', 'node-gyp', 'tar', 'swagger-ui-dist', '@scarf/scarf', 'typescript'];

const words = /(^|\/)(licen[cs]e|copying|notice|authors)[^/]*$/i;
const neverRead = [
  /\.(ts|mts|cts|tsx|map|md|markdown|flow|tsbuildinfo|html|yml|yaml|c|cc|cpp|h|hpp|gyp|gypi|o|a|d|mk)$/,
  /(^|\/)(\.github|\.vscode|\.nyc_output|\.package-lock\.json|\.npmignore|\.editorconfig|Makefile|Gruntfile\.js|Gulpfile\.js)($|\/)/,
  /(^|\/)\.(eslint|prettier|babel|mocha|taprc|travis|git)[^/]*$/,
  // Only directly in a package: a folder of that name deeper down may be code.
  /^(test|tests|__tests__|docs|example|examples|bench|benchmark|benchmarks|coverage|man|fixtures)\//,
  // Compiled for other machines, or for other engines than Node.
  /^prebuilds\/(?!linux-x64\/)/,
  /^(CHANGELOG|CHANGES|HISTORY|README|CONTRIBUTING)[^/]*$/i,
];
const ofPackage: Record<string, RegExp> = {
  // The build for browsers, and the command line that writes migrations.
  typeorm: /^(browser|commands|cli[^/]*\.js)(\/|$)/,
  // Sources of SQLite and what the compiler left; the driver is one file.
  sqlite3: /^(deps|src|build\/(?!Release\/node_sqlite3\.node$))/,
};

/**
 * Whether a file of an npm package stays out of the image: nothing reads it while the server runs. Licence texts always stay.
 * @param name the package
 * @param file path inside the package
 */
export function isPruned(name: string, file: string): boolean {
  if (words.test(file) && !/\.(js|cjs|mjs)$/.test(file)) return false;
  return neverRead.some((pattern) => pattern.test(file)) || (ofPackage[name]?.test(file) ?? false);
}
