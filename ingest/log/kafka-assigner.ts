import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

const NAME = 'smart-store-round-robin';
const VERSION = 0;

/**
 * Shares partitions out round robin among the members that want the topic. kafkajs's own assigner gives partitions also to
 * members that did not ask for them, and those drop them: while a release with a new topic is rolled out, nobody would
 * read it.
 */
export const assignByTopic: PartitionAssigner = ({ cluster }) => ({
  name: NAME,
  version: VERSION,
  protocol: ({ topics }) => ({
    name: NAME,
    metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.alloc(0) }),
  }),
  async assign({ members }) {
    const wanting = members
      .map(({ memberId, memberMetadata }) => ({
        memberId,
        topics: AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [],
      }))
      .sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
    const topics = [...new Set(wanting.flatMap((member) => member.topics))].sort();
    // The leader may be of an older release, which knows fewer topics than the others.
    await cluster.addMultipleTargetTopics(topics);
    const partitionsOf = (topic: string): number[] =>
      cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId }) => partitionId)
        .sort((a, b) => a - b);
    return [...shareOut(wanting, topics, partitionsOf)].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: VERSION,
        assignment,
        userData: Buffer.alloc(0),
      }),
    }));
  },
});

/** Who gets which partitions of which topic. */
export function shareOut(
  members: readonly { readonly memberId: string; readonly topics: readonly string[] }[],
  topics: readonly string[],
  partitionsOf: (topic: string) => readonly number[],
): ReadonlyMap<string, Record<string, number[]>> {
  const shares = new Map<string, Record<string, number[]>>();
  let turn = 0;
  for (const topic of topics) {
    const candidates = members.filter((member) => member.topics.includes(topic));
    if (candidates.length === 0) continue;
    for (const partition of partitionsOf(topic)) {
      const { memberId } = candidates[turn % candidates.length]!;
      turn += 1;
      const share = shares.get(memberId) ?? {};
      shares.set(memberId, share);
      (share[topic] ??= []).push(partition);
    }
  }
  return shares;
}
