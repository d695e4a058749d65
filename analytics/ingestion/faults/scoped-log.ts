import type { EventLog, NewRecord } from '../../../ingest/log/event-log.ts';
import { TOPICS, type Topic } from '../../../ingest/topics.ts';

/**
 * One Kafka serves many runs: each run has topics and groups of its own, named after the run, and sees them under their
 * usual names. Nothing but names is changed, so the sink, the producers and the dead letters are the real ones.
 */
export function scopedLog(log: EventLog, scope: string): EventLog {
  const outer = (name: string): string => `${scope}.${name}`;
  const inner = (name: string): string => name.slice(scope.length + 1);
  const isOurs = (name: string): boolean => name.startsWith(`${scope}.`);
  return {
    append: async (records) => {
      const renamed = records.map((record): NewRecord => ({ ...record, topic: outer(record.topic) }));
      return (await log.append(renamed)).map((position) => ({ ...position, topic: inner(position.topic) }));
    },
    consume: (options) =>
      log.consume({
        ...options,
        group: outer(options.group),
        topics: options.topics.map(outer),
        onBatch: (batch) =>
          options.onBatch({
            ...batch,
            topic: inner(batch.topic),
            records: batch.records.map((record) => ({ ...record, topic: inner(record.topic) })),
            commit: (nextOffset, metadata) => batch.commit(nextOffset, metadata),
          }),
      }),
    lag: async (group, beginAtMs) =>
      (await log.lag(outer(group), beginAtMs))
        .filter(({ topic }) => isOurs(topic))
        .map((line) => ({ ...line, topic: inner(line.topic) })),
    close: () => log.close(),
  };
}

/** The topics of a run, laid out as in production. */
export function scopedTopics(scope: string): readonly Topic[] {
  return TOPICS.map((topic) => ({ ...topic, name: `${scope}.${topic.name}` }));
}
