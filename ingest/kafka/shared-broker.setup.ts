import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { messageOf } from '../../runtime/errors.ts';
import { createLogger } from '../../runtime/logger.ts';
import { startKafka, type KafkaBrokers } from './broker.ts';
import { freePort } from './ports.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kafkaPort: number;
  }
}

/**
 * One Kafka for every test file of a run. It starts beside the first tests: who needs it waits for it
 * (shared-broker.fixture.ts), and who doesn't is not held up.
 */
export default async function startSharedBroker(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'smart-store-kafka-'));
  const port = await freePort();
  project.provide('kafkaPort', port);
  const starting: Promise<KafkaBrokers | undefined> = startKafka({
    nodes: 1,
    dataDir,
    ports: [port],
    logger: createLogger('kafka', 'warn'),
  }).catch((error: unknown) => {
    process.stderr.write(`\nThe Kafka of the tests did not start: ${messageOf(error)}\n`);
    return undefined;
  });
  return async () => {
    await (await starting)?.close();
    await rm(dataDir, { recursive: true, force: true });
  };
}
