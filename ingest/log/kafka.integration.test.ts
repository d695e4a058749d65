import { beforeAll } from 'vitest';
import type { KafkaConnection } from '../kafka/connection.ts';
import { sharedKafka } from '../kafka/shared-broker.fixture.ts';
import { applyTopics } from '../kafka/topics.ts';
import { describeEventLog } from './conformance.ts';
import { openKafkaLog } from './kafka.ts';

let connection: KafkaConnection;

beforeAll(async () => {
  connection = await sharedKafka();
});

describeEventLog('the Kafka log', async (topics) => {
  await applyTopics(connection, topics, { replicationFactor: 1 });
  let current = await openKafkaLog({ connection, topics });
  return {
    log: current,
    async reopen() {
      await current.close();
      current = await openKafkaLog({ connection, topics });
      return current;
    },
    cleanup: () => current.close(),
  };
});
