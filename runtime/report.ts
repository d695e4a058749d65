/** What a benchmark or an evaluation is given from the command line. */
export interface ReportArgs {
  /** Options after the name, e.g. `--images DIR` gives `{ images: 'DIR' }`; a flag without a value is `true`. */
  readonly options: Readonly<Record<string, string | true>>;
  /** Options whose meaning begins with `list:`: every word after the name, e.g. `--mot DIR1 DIR2`. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Tells a person how far it is; goes to standard error. */
  readonly progress: (message: string) => void;
}

/** What it answers. Names carry their units; numbers between 0 and 1 are fractions. */
export interface ReportBody {
  readonly figures: Readonly<Record<string, unknown>>;
  /** The same work done another way in the same run. */
  readonly baselines: Readonly<Record<string, unknown>>;
  /** Ours against a baseline; the name says in which direction. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

/** A benchmark or evaluation as the command line knows it. */
export interface Report {
  readonly name: string;
  readonly summary: string;
  /** Option name → what it is, with the default; `flag:` before it takes no value, `list:` takes one or more. */
  readonly options: Readonly<Record<string, string>>;
  run(args: ReportArgs): Promise<ReportBody>;
}
