/** How values of a heat map become colours: steps that a person can tell apart, with what each begins at. */
export interface HeatScale {
  /** Where each step begins, ascending; the first is above zero. */
  readonly starts: readonly number[];
  readonly greatest: number;
  /** @returns the step, 0 the palest; `undefined` for zero */
  stepOf(value: number): number | undefined;
}

/** So many colours: `--heat-1` to `--heat-6`. */
export const HEAT_STEPS = 6;

/**
 * Steps that grow as squares do: most cells are walked through in a second or two, and one where somebody waited for
 * minutes must not make them all look empty.
 * @param values of the cells where somebody was
 * @param floor the least value that there is: one second, or one visit
 */
export function heatScale(values: readonly number[], floor = 1): HeatScale {
  const greatest = values.reduce((most, value) => Math.max(most, value), 0);
  const starts: number[] = [];
  for (let step = 0; step < HEAT_STEPS; step++) {
    const start = Math.max(floor, round(greatest * (step / HEAT_STEPS) ** 2));
    if (step === 0 || (start > (starts.at(-1) ?? 0) && start <= greatest)) starts.push(start);
  }
  return {
    starts,
    greatest,
    stepOf(value) {
      if (value <= 0) return undefined;
      const index = Math.max(
        0,
        starts.findLastIndex((start) => value >= start),
      );
      // Few steps still end in the strongest colour.
      return starts.length === 1
        ? HEAT_STEPS - 1
        : Math.round((index * (HEAT_STEPS - 1)) / (starts.length - 1));
    },
  };
}

/** Two digits are enough to read a legend. */
function round(value: number): number {
  if (value < 10) return Math.round(value);
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}
