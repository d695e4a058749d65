import {
  metrics,
  type BatchObservableResult,
  type Counter,
  type Gauge,
  type Histogram,
  type Meter,
  type MeterProvider,
  type Observable,
} from '@opentelemetry/api';
import type { LabelName, MetricDefinition } from './telemetry-metrics.ts';

/** One value for each of the metric's labels, and for no other. */
export type Labels<Label extends LabelName> = Readonly<Record<Label, string>>;

/** Tells the value of an observed metric. */
export type Report = <Label extends LabelName>(
  definition: MetricDefinition<'counter' | 'gauge', Label, true>,
  value: number,
  labels: Labels<Label>,
) => void;

/** Adds to a counter. Costs a look-up where nobody collects. */
export function count<Label extends LabelName>(
  definition: MetricDefinition<'counter', Label, false>,
  value: number,
  labels: Labels<Label>,
): void {
  counters.of(definition).add(value, labels);
}

/** Adds a measurement to a histogram, in the unit of its name. */
export function measure<Label extends LabelName>(
  definition: MetricDefinition<'histogram', Label, false>,
  value: number,
  labels: Labels<Label>,
): void {
  histograms.of(definition).record(value, labels);
}

/** Sets a gauge, which keeps the value until it is set again. */
export function set<Label extends LabelName>(
  definition: MetricDefinition<'gauge', Label, false>,
  value: number,
  labels: Labels<Label>,
): void {
  gauges.of(definition).record(value, labels);
}

/**
 * Reads metrics whenever somebody collects. A reading that fails leaves its metrics out, which is "no data" and not zero.
 * @param definitions all that `read` reports
 * @returns ends it
 */
export function observe(
  definitions: readonly MetricDefinition<'counter' | 'gauge', LabelName, true>[],
  read: (report: Report) => Promise<void> | void,
): () => void {
  const meter = metrics.getMeter(SCOPE);
  const instruments = new Map<string, Observable>(
    definitions.map((definition) => [definition.name, observable(meter, definition)]),
  );
  const callback = async (result: BatchObservableResult): Promise<void> => {
    for (const name of instruments.keys()) unread.add(name);
    await read((definition, value, labels) => {
      const instrument = instruments.get(definition.name);
      if (instrument === undefined) throw new TypeError(`${definition.name} was not announced to observe()`);
      result.observe(instrument, value, labels);
    });
    for (const name of instruments.keys()) unread.delete(name);
  };
  const all = [...instruments.values()];
  meter.addBatchObservableCallback(callback, all);
  return () => {
    meter.removeBatchObservableCallback(callback, all);
    for (const name of instruments.keys()) unread.add(name);
  };
}

/** Names of observed metrics whose last reading failed or has not ended: the SDK would repeat what it read before. */
export const unreadMetrics = (): ReadonlySet<string> => unread;

const unread = new Set<string>();

const SCOPE = 'smart-store';

function observable(meter: Meter, { name, help, kind }: MetricDefinition): Observable {
  const options = { description: help };
  return kind === 'counter'
    ? meter.createObservableCounter(name, options)
    : meter.createObservableGauge(name, options);
}

const counters = instrumentsOf((meter, { name, help }): Counter => {
  return meter.createCounter(name, { description: help });
});
const gauges = instrumentsOf((meter, { name, help }): Gauge => {
  return meter.createGauge(name, { description: help });
});
const histograms = instrumentsOf((meter, { name, help, buckets }): Histogram => {
  const advice = { explicitBucketBoundaries: [...(buckets ?? [])] };
  return meter.createHistogram(name, { description: help, advice });
});

/**
 * Makes instruments when they are first used: one that is made before a provider is registered stays without effect, and
 * importing a file should do nothing.
 */
function instrumentsOf<Instrument>(create: (meter: Meter, definition: MetricDefinition) => Instrument): {
  of(definition: MetricDefinition): Instrument;
} {
  let provider: MeterProvider | undefined;
  let made = new Map<string, Instrument>();
  return {
    of(definition) {
      const current = metrics.getMeterProvider();
      if (current !== provider) {
        provider = current;
        made = new Map();
      }
      const known = made.get(definition.name);
      if (known !== undefined) return known;
      const instrument = create(current.getMeter(SCOPE), definition);
      made.set(definition.name, instrument);
      return instrument;
    },
  };
}
