import { setTimeout as sleep } from 'node:timers/promises';
import { brokerErrorOf, explained, isRefused, reasonOf } from '../kafka/errors.ts';
import type { Consumer } from './event-log.ts';
import { openSession, type Session, type SessionOptions } from './kafka-session.ts';

const BACK_OFF_MS = { first: 200, most: 5_000 };
/** A person has to mend these; trying again would only fill the log. */
const NEVER_PASSES = /UNSUPPORTED|INVALID_GROUP_ID|INCONSISTENT_GROUP_PROTOCOL/;

/** A member of a group for as long as nobody closes it: whenever the brokers go away it waits and joins again. */
export function startKafkaConsumer(options: SessionOptions): Consumer {
  const { connection, logger, consume } = options;
  const stopping = new AbortController();
  let session: Session | undefined;

  async function run(): Promise<void> {
    let waitMs = BACK_OFF_MS.first;
    while (!stopping.signal.aborted) {
      session = openSession(options);
      const end = await session.ended;
      if (end.how === 'closed') return;
      if (end.how === 'failed' || needsPerson(end.error)) throw explained(end.error, connection);
      if (session.hasJoined) waitMs = BACK_OFF_MS.first;
      logger.warn(
        { group: consume.group, reason: reasonOf(end.error), waitMs },
        'Kafka went away; joining again',
      );
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, BACK_OFF_MS.most);
    }
  }

  const closed = run();
  return {
    closed,
    async close() {
      stopping.abort();
      await session?.close();
      // Whoever waits on `closed` hears of a failure; closing is done either way.
      await closed.catch(() => undefined);
    },
  };
}

const needsPerson = (error: unknown): boolean =>
  isRefused(error) || NEVER_PASSES.test(brokerErrorOf(error) ?? '');
