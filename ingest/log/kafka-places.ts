import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { mayPass, rootOf } from '../kafka/errors.ts';
import { patiently } from '../kafka/patience.ts';
import { isNewGroup } from './consumer-group.ts';
import type { CommittedOffset, ConsumeOptions, PartitionLag } from './event-log.ts';

/** Where a consumer begins in a partition that it was given. */
export interface Beginning {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly committed: CommittedOffset;
  readonly endOffset: number;
}

interface Ends {
  readonly first: number;
  readonly end: number;
}

const PATIENCE_MS = 15_000;
/** A leader that was just elected may not know yet how far its log is acknowledged. */
const END_SETTLES_MS = 3_000;
const NONE: CommittedOffset = { nextOffset: 0, metadata: '' };

/** @throws when a group stands behind the end of the log, which was then replaced by an older copy */
export async function beginnings(
  admin: Admin,
  { group, beginAtMs }: Pick<ConsumeOptions, 'group' | 'beginAtMs'>,
  assigned: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
): Promise<readonly Beginning[]> {
  const topics = assigned.map(({ topic }) => topic);
  const until = Date.now() + END_SETTLES_MS;
  for (;;) {
    const [committed, ends, times] = await Promise.all([
      committedOffsets(admin, group, topics),
      endsOf(admin, topics),
      offsetsAt(admin, topics, beginAtMs),
    ]);
    const places = assigned.flatMap(({ topic, partitions }) =>
      partitions.map((partition): Beginning => {
        const name = nameOf(topic, partition);
        const place = committed.get(name) ?? NONE;
        const { first, end } = ends.get(name)!;
        const begin = isNewGroup(place) ? (times.get(name) ?? first) : place.nextOffset;
        return { topic, partition, position: Math.max(begin, first), committed: place, endOffset: end };
      }),
    );
    const behind = places.find(({ committed: { nextOffset }, endOffset }) => nextOffset > endOffset);
    if (behind === undefined) return places;
    if (Date.now() > until) {
      throw new Error(
        `Group ${group} stands at offset ${behind.committed.nextOffset} of ${behind.topic}, partition ${behind.partition}, ` +
          `but the log ends at ${behind.endOffset}: it was replaced by an older copy.`,
      );
    }
    await sleep(END_SETTLES_MS / 10);
  }
}

/** How far a group is behind, a line a partition. */
export async function lagOf(
  admin: Admin,
  group: string,
  topics: readonly string[],
  beginAtMs: number | undefined,
): Promise<readonly PartitionLag[]> {
  const [committed, ends, times] = await Promise.all([
    committedOffsets(admin, group, topics),
    endsOf(admin, topics),
    offsetsAt(admin, topics, beginAtMs),
  ]);
  return [...ends].map(([name, { first, end }]) => {
    const place = committed.get(name) ?? NONE;
    const begin = isNewGroup(place) ? (times.get(name) ?? first) : place.nextOffset;
    const { topic, partition } = partitionNamed(name);
    // What retention removed can't be caught up with any more.
    const lag = Math.max(0, end - Math.max(begin, first));
    return { topic, partition, committedOffset: place.nextOffset, endOffset: end, lag };
  });
}

async function committedOffsets(
  admin: Admin,
  group: string,
  topics: readonly string[],
): Promise<ReadonlyMap<string, CommittedOffset>> {
  const answer = await patiently(PATIENCE_MS, () =>
    admin.fetchOffsets({ groupId: group, topics: [...topics] }),
  );
  const places = new Map<string, CommittedOffset>();
  for (const { topic, partitions } of answer) {
    for (const { partition, offset, metadata } of partitions) {
      // Negative: the group has no place there.
      if (Number(offset) >= 0) {
        places.set(nameOf(topic, partition), { nextOffset: Number(offset), metadata: metadata ?? '' });
      }
    }
  }
  return places;
}

async function endsOf(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, Ends>> {
  const ends = new Map<string, Ends>();
  await Promise.all(
    topics.map(async (topic) => {
      const partitions = await patiently(PATIENCE_MS, () => admin.fetchTopicOffsets(topic), mayBeKnownSoon);
      for (const { partition, low, high } of partitions.sort((a, b) => a.partition - b.partition)) {
        ends.set(nameOf(topic, partition), { first: Number(low), end: Number(high) });
      }
    }),
  );
  return ends;
}

/**
 * When a broker is just back it may not know the topic yet; kafkajs then stumbles with a TypeError over its own empty
 * answer (seen with three brokers, one of which came back from a full disk).
 */
const mayBeKnownSoon = (thrown: unknown): boolean => mayPass(thrown) || rootOf(thrown) instanceof TypeError;

/** The first record at or after a time, for groups that begin there; the end where there is none. */
async function offsetsAt(
  admin: Admin,
  topics: readonly string[],
  timeMs: number | undefined,
): Promise<ReadonlyMap<string, number>> {
  const offsets = new Map<string, number>();
  if (timeMs === undefined) return offsets;
  await Promise.all(
    topics.map(async (topic) => {
      const partitions = await patiently(
        PATIENCE_MS,
        () => admin.fetchTopicOffsetsByTimestamp(topic, Math.max(0, Math.floor(timeMs))),
        mayBeKnownSoon,
      );
      for (const { partition, offset } of partitions) offsets.set(nameOf(topic, partition), Number(offset));
    }),
  );
  return offsets;
}

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

function partitionNamed(name: string): { topic: string; partition: number } {
  const cut = name.lastIndexOf('/');
  return { topic: name.slice(0, cut), partition: Number(name.slice(cut + 1)) };
}
