// Every check and every test, in the order in which a mistake is cheapest to find. Goes on after a failure, so that one
// run tells everything, and ends with a line of counts.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = `${root}.cache/test-results.json`;
const failed = [];

for (const check of ['types', 'svelte', 'lint', 'format', 'dead-code']) {
  stage(`check ${check}`, 'npm', ['run', '--silent', `check:${check}`]);
}

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const project of ['unit', 'integration', 'e2e']) {
  mkdirSync(`${root}.cache`, { recursive: true });
  rmSync(results, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  stage(`test ${project}`, 'npx', ['vitest', 'run', '--project', project, ...reporters]);
  count();
}

if (failed.length > 0) process.stdout.write(`\nFailed: ${failed.join(', ')}\n`);
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = failed.length > 0 || counts.passed === 0 ? 1 : 0;

function stage(name, command, args) {
  process.stdout.write(`\n── ${name}\n`);
  const startedAt = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  process.stdout.write(
    `── ${name}: ${status === 0 ? 'ok' : 'FAILED'} in ${Math.round((Date.now() - startedAt) / 1000)} s\n`,
  );
  if (status !== 0) failed.push(name);
}

function count() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(results, 'utf8'),
    );
    counts.passed += numPassedTests;
    counts.failed += numFailedTests;
    counts.skipped += numPendingTests + numTodoTests;
  } catch {
    // vitest died before it wrote its results; its stage has failed already
  }
}
