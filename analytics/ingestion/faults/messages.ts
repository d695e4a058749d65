import type { AnyEvent } from '../../../ingest/events/registry.ts';
import type { SinkStep } from '../../../ingest/sinks/fault-point.ts';
import type { LogPlace } from './scene.ts';

/** What the suite orders one of its processes to do. */
export type Order =
  | CarryOrder
  | ProduceOrder
  | ({ readonly kind: 'hold' } & Hold)
  | { readonly kind: 'release' }
  | { readonly kind: 'skew-clock'; readonly offsetMs: number }
  /** End the present role in order; the process then waits for another one. */
  | { readonly kind: 'close' };

/** Stand still at a step of the sink, at the how-manieth time that it is reached, until released. */
export interface Hold {
  readonly step: SinkStep;
  readonly time: number;
}

/** Be a worker: the real sink on the real log. */
export interface CarryOrder {
  readonly kind: 'carry';
  readonly log: LogPlace;
  readonly url: string;
  readonly database: string;
  readonly maxRecords: number;
  /** Port of a broker → port of the wire that leads to it. */
  readonly routes: readonly (readonly [number, number])[];
  readonly hold: Hold | null;
  readonly sabotage: Sabotage | null;
}

/** Be a producer: the real event writer on the real log. */
export interface ProduceOrder {
  readonly kind: 'produce';
  readonly log: LogPlace;
  readonly events: readonly AnyEvent[];
  readonly chunk: number;
  readonly pauseMs: number;
  /** The rest from here on waits for `release`. */
  readonly holdAt: number;
  readonly routes: readonly (readonly [number, number])[];
  /**
   * A producer before this one died while it appended: when it began to, by its own clock. What the log has of these
   * events is looked up first, as the outbox does after a restart.
   */
  readonly triedSinceMs: number | null;
}

/** What such a process tells. */
export type Told =
  | { readonly kind: 'idle' }
  | { readonly kind: 'open' }
  | { readonly kind: 'reached'; readonly step: SinkStep }
  | { readonly kind: 'appending'; readonly sinceMs: number }
  | { readonly kind: 'acknowledged'; readonly ids: readonly string[] }
  /** Everything up to `holdAt`, or everything. */
  | { readonly kind: 'produced'; readonly all: boolean }
  | { readonly kind: 'failed'; readonly reason: string };

/** A sink that is broken on purpose, to see that the suite finds it. */
export const SABOTAGES = ['random-token', 'no-note', 'commit-first'] as const;
export type Sabotage = (typeof SABOTAGES)[number];
