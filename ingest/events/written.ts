import { count } from '../../runtime/telemetry-instruments.ts';
import { METRICS } from '../../runtime/telemetry-metrics.ts';
import type { AnyEvent } from './registry.ts';

/** Counts events that the event log has taken. */
export function countWritten(types: readonly AnyEvent['type'][]): void {
  const numbers = new Map<string, number>();
  for (const type of types) numbers.set(type, (numbers.get(type) ?? 0) + 1);
  for (const [type, number] of numbers) count(METRICS.eventsWritten, number, { type });
}
