import { createHash, randomBytes } from 'node:crypto';
import type { Topic } from '../topics.ts';

/** What the crash test's killed process writes, and how it is told whole from torn. */
export const CRASH_TOPIC: Topic = {
  name: 'crash.v1',
  keyedBy: 'origin',
  partitions: 3,
  retentionDays: 30,
  why: 'written to by a process that is killed',
};
export const CRASH_GROUP = 'crash';

/** A number under a digest of its own: a torn or mixed-up value does not match. */
export function crashValue(writer: number, number: number): Uint8Array {
  const body = Buffer.concat([
    Buffer.from(`${writer} ${number} `),
    randomBytes(20 + Math.floor(Math.random() * 3000)),
  ]);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
}

/** Reads {@link crashValue} back; null when it is torn. */
export function readCrashValue(value: Uint8Array): { writer: number; number: number } | null {
  const body = value.subarray(32);
  if (!createHash('sha256').update(body).digest().equals(value.subarray(0, 32))) return null;
  const [writer, number] = Buffer.from(body.subarray(0, 40)).toString('latin1').split(' ');
  return { writer: Number(writer), number: Number(number) };
}
