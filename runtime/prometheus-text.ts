/** One line of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Everything that a scrape says about one metric. */
export interface MetricFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Growing extends MetricFamily {
  readonly samples: Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

/**
 * Test support: reads Prometheus's text format 0.0.4 more strictly than Prometheus does.
 * @throws Error at the first line that is not as the format's description says
 */
export function parseExposition(text: string): ReadonlyMap<string, MetricFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, Growing>();
  let family: Growing | undefined;
  let help: { name: string; text: string } | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('# HELP ')) {
      const [name = '', ...words] = line.slice('# HELP '.length).split(' ');
      help = { name, text: words.join(' ') };
    } else if (line.startsWith('# TYPE ')) {
      family = beginFamily(line, help);
      if (families.has(family.name)) throw new Error(`${family.name} stands in two places`);
      families.set(family.name, family);
    } else {
      const sample = parseSample(line);
      if (family === undefined || !belongsTo(sample.name, family))
        throw new Error(`no TYPE stands above: ${line}`);
      family.samples.push(sample);
    }
  }
  for (const one of families.values()) {
    checkUnique(one);
    if (one.type === 'counter' && one.samples.some(({ value }) => !(value >= 0)))
      throw new Error(`${one.name} is a counter below zero`);
    if (one.type === 'histogram') checkHistogram(one);
  }
  return families;
}

/** The value of one series; undefined when the scrape has none. */
export function valueOf(
  families: ReadonlyMap<string, MetricFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  const samples = [...families.values()].flatMap((family) => family.samples);
  const found = samples.filter(
    (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}

function beginFamily(line: string, help: { name: string; text: string } | undefined): Growing {
  const [name = '', type = '', ...rest] = line.slice('# TYPE '.length).split(' ');
  if (!NAME.test(name) || rest.length > 0) throw new Error(`no metric is named so: ${line}`);
  if (type !== 'counter' && type !== 'gauge' && type !== 'histogram')
    throw new Error(`no such type: ${line}`);
  if (help?.name !== name || help.text === '') throw new Error(`${name} has no HELP right above its TYPE`);
  if ((type === 'counter') !== name.endsWith('_total'))
    throw new Error(`${name} is a ${type}: counters, and they only, end in _total`);
  return { name, type, help: help.text, samples: [] };
}

function parseSample(line: string): Sample {
  const [, name = '', inBraces, number = ''] = SAMPLE.exec(line) ?? [];
  const value = number === '+Inf' ? Infinity : number === '-Inf' ? -Infinity : Number(number);
  if (name === '' || (Number.isNaN(value) && number !== 'NaN')) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (inBraces !== undefined && LABEL.lastIndex < inBraces.length) {
    const [, label = '', text = ''] = LABEL.exec(inBraces) ?? [];
    if (label === '' || label in labels) throw new Error(`labels can't be read: ${line}`);
    labels[label] = text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return { name, labels, value };
}

function belongsTo(name: string, { name: family, type }: MetricFamily): boolean {
  if (type !== 'histogram') return name === family;
  return ['_bucket', '_sum', '_count'].some((ending) => name === family + ending);
}

const seriesOf = ({ name, labels }: Sample): string =>
  name + JSON.stringify(Object.entries(labels).toSorted());

function checkUnique({ name, samples }: MetricFamily): void {
  if (new Set(samples.map(seriesOf)).size !== samples.length) throw new Error(`${name} has a series twice`);
}

/** Buckets only grow, and the last one holds everything. */
function checkHistogram({ name, samples }: MetricFamily): void {
  const counts = samples.filter((sample) => sample.name === `${name}_count`);
  for (const count of counts) {
    const buckets = samples.filter(
      (sample) =>
        sample.name === `${name}_bucket` &&
        Object.entries(count.labels).every(([label, value]) => sample.labels[label] === value),
    );
    const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])));
    const ascends = (values: readonly number[]): boolean =>
      values.every((value, index) => index === 0 || value >= values[index - 1]!);
    if (bounds.some(Number.isNaN) || !ascends(bounds) || !ascends(buckets.map(({ value }) => value)))
      throw new Error(`${name} has buckets that do not ascend`);
    if (bounds.at(-1) !== Infinity || buckets.at(-1)?.value !== count.value)
      throw new Error(`${name} has no last bucket that holds everything`);
    if (!samples.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} has no sum`);
  }
}
