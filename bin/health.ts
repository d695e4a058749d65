import type { Component } from '../analytics/api/schemas/health.ts';
import type { CameraStatus } from '../analytics/api/schemas/camera.ts';
import type { ClickHouseEngine } from '../ingest/clickhouse/engine.ts';
import type { SinkMetrics } from '../ingest/sinks/sink-metrics.ts';
import type { EventWriter } from '../ingest/log/event-writer.ts';

/** A second is promised; five mean that something is wrong. */
const SLOW_SINK_MS = 5_000;
/** A worker takes some ten thousand events a second; so many wait when none works. */
const MANY_WAITING = 100_000;

export interface HealthFacts {
  readonly writer: Pick<EventWriter, 'waiting' | 'lastError'>;
  readonly engine: Pick<ClickHouseEngine, 'pid' | 'restarts'> | null;
  /** ClickHouse was asked just now. */
  readonly clickHouseAnswers: boolean;
  /** The sink of this process; only how far it is behind where workers elsewhere do its work; null: the log is silent. */
  readonly sink: SinkMetrics | { readonly lag: number } | null;
  readonly cameras: readonly CameraStatus[];
}

/** How each part of a running store is, in one sentence each. */
export function healthOf(facts: HealthFacts): Component[] {
  const { sink, cameras } = facts;
  return [eventLog(facts), clickHouse(facts), sinkHealth(sink), ...cameras.map(cameraHealth)];
}

function eventLog({ writer: { waiting, lastError }, sink }: HealthFacts): Component {
  if (lastError !== null) {
    return {
      name: 'event-log',
      state: 'down',
      detail: `takes no events, ${waiting} are waiting: ${lastError}`,
    };
  }
  if (sink === null) {
    return { name: 'event-log', state: 'down', detail: `does not answer, ${waiting} events are waiting` };
  }
  return {
    name: 'event-log',
    state: 'ok',
    detail: waiting === 0 ? 'takes every event' : `${waiting} on their way`,
  };
}

function clickHouse({ engine, clickHouseAnswers, sink }: HealthFacts): Component {
  const name = 'clickhouse';
  if (engine !== null && engine.pid() === undefined) {
    return { name, state: 'down', detail: 'the engine is being started again' };
  }
  if (!clickHouseAnswers) {
    return {
      name,
      state: 'down',
      detail: `the ${engine === null ? 'configured server' : 'engine'} does not answer`,
    };
  }
  if (sink !== null && 'rows' in sink && sink.lastError !== null) {
    return { name, state: 'down', detail: sink.lastError.reason };
  }
  if (engine === null) return { name, state: 'ok', detail: 'the configured server answers' };
  const restarts = engine.restarts();
  return {
    name,
    state: 'ok',
    detail: restarts === 0 ? 'the engine answers' : `the engine was restarted ${restarts} times`,
  };
}

function sinkHealth(sink: HealthFacts['sink']): Component {
  if (sink === null) return { name: 'sink', state: 'degraded', detail: 'waits for the event log' };
  if (!('rows' in sink)) {
    const state = sink.lag > MANY_WAITING ? 'degraded' : 'ok';
    return { name: 'sink', state, detail: `${sink.lag} events wait for the workers elsewhere` };
  }
  const { lag, oldestPendingMs, deadLetters, rows } = sink;
  const behind = oldestPendingMs !== null && oldestPendingMs > SLOW_SINK_MS;
  const dead =
    deadLetters === 0 ? '' : `, ${deadLetters} dead letters since the start (smart-store dead-letters list)`;
  if (behind) {
    const seconds = Math.round(oldestPendingMs / 1000);
    return {
      name: 'sink',
      state: 'degraded',
      detail: `${lag} events wait, the oldest for ${seconds} s${dead}`,
    };
  }
  return {
    name: 'sink',
    state: deadLetters === 0 ? 'ok' : 'degraded',
    detail: `${rows} events stored${dead}`,
  };
}

/** A lost camera does not make the store unready: the page says that its numbers are unknown. */
function cameraHealth({ id, state, detail }: CameraStatus): Component {
  const name = `camera ${id}`;
  if (state === 'lost') return { name, state: 'degraded', detail: detail ?? 'lost' };
  return {
    name,
    state: state === 'live' ? 'ok' : 'degraded',
    detail: state === 'live' ? 'delivers frames' : 'has not delivered a frame yet',
  };
}
