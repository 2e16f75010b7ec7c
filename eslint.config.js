import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * @param {object[]} patterns
 * @returns {import('eslint').Linter.RulesRecord}
 */
const forbidImports = (...patterns) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
});

const DOWNWARD = 'imports run downward only';
const noTests = {
  group: ['**/test/**', '**/bench/**', '**/web/**'],
  message: `src is self-contained: ${DOWNWARD}`,
};
const noFaces = {
  group: ['**/report', '**/report/**', '**/cli/**'],
  message: `cli and report import the library, never the reverse: ${DOWNWARD}`,
};
const noRivals = {
  group: ['**/plain/**', '**/compare/**'],
  message: `what the core is timed against serves cli, web and bench alone: ${DOWNWARD}`,
};
const coreOnly = {
  group: ['../*', '!../interval'],
  allowTypeImports: true,
  message: `src/core knows WebAssembly, src/interval and types, nothing above it: ${DOWNWARD}`,
};
const intervalOnly = {
  group: ['../*'],
  allowTypeImports: true,
  message: `src/interval is arithmetic in plain TypeScript: ${DOWNWARD}`,
};

export default defineConfig(
  { ignores: ['build/', 'dist/', 'coverage/', 'test/fixtures/', '**/*.generated.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx,js,mjs}'],
    rules: {
      'max-lines': ['error', { max: 400 }],
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx,js,mjs}'],
    ignores: ['assembly/**'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Numeric code: `for (let i…)` over several arrays at once is the clear form, and `!` states a bound it keeps.
      '@typescript-eslint/prefer-for-of': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Single capital letters (P, K, N, L) are the names the mathematics uses, so only the shape of types is enforced.
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'typeLike', format: ['PascalCase'] },
        { selector: 'function', format: ['camelCase'] },
        { selector: 'classProperty', modifiers: ['private'], format: ['camelCase'] },
      ],
      // `environment['NAME']` is what noPropertyAccessFromIndexSignature asks for.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/unified-signatures': 'off',
    },
  },
  {
    // Type information is AssemblyScript's own (`usize`, operators on v128), which TypeScript's rules misread.
    files: ['assembly/**/*.ts'],
    extends: [tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'typeLike', format: ['PascalCase'] },
        { selector: 'function', format: ['camelCase'] },
      ],
    },
  },
  {
    // A component is a function whose name JSX wants in capitals.
    files: ['web/**/*.tsx'],
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'typeLike', format: ['PascalCase'] },
        { selector: 'function', format: ['camelCase', 'PascalCase'] },
      ],
    },
  },
  {
    // What is computed is computed in Workers: of the library a page has types, names and figures.
    files: ['web/**'],
    ignores: ['web/engine/**'],
    rules: forbidImports({
      group: [
        '**/src/index.js',
        '**/src/load.js',
        '**/src/formats/**',
        '**/src/report/**',
        '**/src/compare/**',
      ],
      allowTypeImports: true,
      message: 'pages compute in web/engine, which runs in Workers',
    }),
  },
  { files: ['src/**/*.ts'], rules: forbidImports(noTests, noFaces, noRivals) },
  { files: ['src/core/**/*.ts'], rules: forbidImports(noTests, noFaces, noRivals, coreOnly) },
  { files: ['src/interval/**/*.ts'], rules: forbidImports(noTests, noFaces, noRivals, intervalOnly) },
  { files: ['src/plain/**', 'src/compare/**'], rules: forbidImports(noTests, noFaces) },
  { files: ['src/cli/**'], rules: forbidImports(noTests) },
  { files: ['src/report/**'], rules: forbidImports(noTests, noRivals) },
  {
    files: ['assembly/dense/**/*.ts'],
    rules: forbidImports({ group: ['../network/*', '../curvature/*', '../eigen/*'], message: DOWNWARD }),
  },
  {
    files: ['assembly/network/**/*.ts'],
    rules: forbidImports({ group: ['../curvature/*', '../eigen/*'], message: DOWNWARD }),
  },
);
