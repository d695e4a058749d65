import { randomBytes } from 'node:crypto';

/**
 * A new id of a cluster, as Kafka writes them: 16 random bytes in base64url. Never with a hyphen first: Kafka's storage
 * tool would take it for an option and end without a word, once in 64 times.
 */
export function newClusterId(random: () => Buffer = () => randomBytes(16)): string {
  for (;;) {
    const id = random().toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
