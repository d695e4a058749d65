/**
 * The partition of a key: Kafka's default partitioner for keyed records, so that a key lands on the same partition
 * number in the embedded log and on a broker with as many partitions.
 *
 * Method: MurmurHash2 by Austin Appleby (32 bits, public domain) with the seed and the sign mask that Apache Kafka fixes
 * for its clients (`org.apache.kafka.common.utils.Utils.murmur2` and `toPositive`).
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitions;
}

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const SHIFT = 24;

/** MurmurHash2 of the bytes as a signed 32-bit integer. */
export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = SEED ^ bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    let word = Math.imul(view.getInt32(at, true), MULTIPLIER);
    word ^= word >>> SHIFT;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  const rest = bytes.length - at;
  if (rest > 0) {
    for (let i = 0; i < rest; i += 1) hash ^= view.getUint8(at + i) << (8 * i);
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MULTIPLIER);
  return hash ^ (hash >>> 15);
}
