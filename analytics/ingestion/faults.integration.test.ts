import { describe, expect, test } from 'vitest';
import { sharedKafka } from '../../ingest/kafka/shared-broker.fixture.ts';
import { createLogger } from '../../runtime/logger.ts';
import { isRight } from './faults/verdict.ts';
import { runSuite, type SuiteOptions } from './faults/suite.ts';
import type { RunResult } from './faults/run.ts';

const logger = createLogger('faults', 'silent');

/** The long run is `npm run eval -- faults`; here a few faults show that it works, and that it can find something. */
describe('the fault suite', { timeout: 240_000 }, () => {
  test('finds every event once when workers, the network to ClickHouse and the producer fail', async () => {
    const results = await runsOf({
      runs: 3,
      only: ['worker-killed-inserting', 'commit-answer-lost', 'producer-killed'],
      nodes: 1,
      brokers: (await sharedKafka()).brokers,
      sabotage: null,
    });
    expect(results.filter((result) => !isRightResult(result))).toEqual([]);
    expect(results.every(({ acknowledged }) => acknowledged > 0)).toBe(true);
  });

  test('finds a sink without tokens: events are doubled', async () => {
    const [result] = await runsOf({
      runs: 1,
      only: ['worker-killed-after-insert'],
      nodes: 0,
      sabotage: 'random-token',
    });
    expect(result?.verdict?.doubled).toBeGreaterThan(0);
    expect(result?.verdict?.rollUpsWrong).not.toEqual([]);
  });

  test('finds a sink that commits before it has stored: events are lost', async () => {
    const [result] = await runsOf({
      runs: 1,
      only: ['worker-killed-after-intent'],
      nodes: 0,
      sabotage: 'commit-first',
    });
    expect(result?.verdict?.lost).toBeGreaterThan(0);
  });
});

const isRightResult = ({ verdict }: RunResult): boolean => verdict !== null && isRight(verdict);

async function runsOf(
  options: Pick<SuiteOptions, 'runs' | 'only' | 'nodes' | 'brokers' | 'sabotage'>,
): Promise<readonly RunResult[]> {
  const { results } = await runSuite({
    ...options,
    seed: 7,
    lanes: 3,
    logger,
    stopping: new AbortController().signal,
    progress: () => undefined,
    onResult: () => undefined,
  });
  return results;
}
