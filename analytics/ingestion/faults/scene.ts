import { openEmbeddedLog } from '../../../ingest/log/embedded.ts';
import type { EventLog } from '../../../ingest/log/event-log.ts';
import { openKafkaLog } from '../../../ingest/log/kafka.ts';
import { TOPICS } from '../../../ingest/topics.ts';
import type { Logger } from '../../../runtime/logger.ts';
import { scopedLog, scopedTopics } from './scoped-log.ts';

/** Where the event log of a run is, in a form that can be sent to another process. */
export type LogPlace =
  | {
      readonly kind: 'kafka';
      readonly brokers: readonly string[];
      readonly scope: string;
      readonly sessionTimeoutMs: number;
    }
  | { readonly kind: 'embedded'; readonly path: string };

/** Topics that the sink carries: all but the dead letters. */
export const CARRIED_TOPICS: readonly string[] = TOPICS.map(({ name }) => name).filter(
  (name) => name !== 'store.dead-letters.v1',
);

/** How long an append is tried before it is answered with an error; then the writer looks into the log. */
const APPEND_LIMIT_MS = 3_000;

/** @param access of an embedded log: the worker owns it, everybody else is a guest */
export async function openSceneLog(
  place: LogPlace,
  access: 'owner' | 'guest',
  logger: Logger,
): Promise<EventLog> {
  if (place.kind === 'embedded') return openEmbeddedLog({ path: place.path, access, logger });
  const log = await openKafkaLog({
    connection: { brokers: place.brokers, clientId: 'smart-store-faults' },
    logger,
    topics: scopedTopics(place.scope),
    appendLimitMs: APPEND_LIMIT_MS,
    sessionTimeoutMs: place.sessionTimeoutMs,
  });
  return scopedLog(log, place.scope);
}
