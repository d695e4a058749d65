import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

/**
 * The import direction of docs/architecture: a folder imports only what stands to its left.
 * runtime ← config ← ingest ← vision, store, analytics, and the composition (bin) sees everything.
 */
const mayImport = {
  runtime: [],
  config: ['runtime'],
  ingest: ['runtime', 'config'],
  vision: ['runtime', 'config', 'ingest'],
  store: ['runtime', 'config', 'ingest'],
  analytics: ['runtime', 'config', 'ingest'],
  simulation: ['runtime', 'config', 'vision'],
};
const folders = [...Object.keys(mayImport), 'dashboard', 'bin', 'e2e', 'scripts'];

const directionRules = Object.entries(mayImport).map(([folder, allowed]) => {
  const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other));
  return {
    name: `direction/${folder}`,
    files: [`${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join('|')})/`,
              message: `${folder}/ imports only ${allowed.join(', ') || 'nothing of ours'}: parts meet as events, bin/ puts them together.`,
            },
          ],
        },
      ],
    },
  };
});

export default ts.config(
  { ignores: ['node_modules/', '.cache/', 'data/', 'dashboard/dist/'] },
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', 'scripts/*.mjs', 'bin/*.js', 'runtime/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'no-console': 'error',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], ...ts.configs.disableTypeChecked },
  { files: ['bin/**', 'scripts/**'], rules: { 'no-console': 'off' } },
  {
    files: ['dashboard/**/*.svelte', 'dashboard/**/*.svelte.ts', 'dashboard/**/*.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: ts.parser } },
  },
  ...directionRules,
  {
    name: 'direction/dashboard',
    files: ['dashboard/**/*.ts', 'dashboard/**/*.svelte'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${folders.filter((f) => f !== 'dashboard' && f !== 'analytics').join('|')})/`,
              message: 'dashboard/ imports types from analytics/api/schemas and nothing else of ours.',
            },
            {
              regex: '^(\\.\\./)+analytics/(?!api/schemas)',
              message: 'dashboard/ imports types from analytics/api/schemas and nothing else of ours.',
            },
          ],
        },
      ],
    },
  },
);
