import { UserError } from '../../runtime/errors.ts';
import TABLES from './thresholds.json' with { type: 'json' };

/** What a threshold does, in one comparison of one picture with one other. */
export interface OperatingPoint {
  readonly falseAcceptRate: number;
  /** In the unit of the space. */
  readonly threshold: number;
  /** Where it was measured. */
  readonly falseRejectRate?: number;
}

export interface ThresholdTable {
  /** On what it rests, in words. */
  readonly source: string;
  readonly kind: string;
  /** From the most to the least tolerant. */
  readonly points: readonly OperatingPoint[];
}

const BY_SPACE: Readonly<Record<string, ThresholdTable>> = TABLES;

/** The table of a space. @throws UserError when there is none */
export function thresholdTable(spaceId: string): ThresholdTable {
  const table = BY_SPACE[spaceId];
  if (table) return table;
  throw new UserError(
    'faces.no-threshold',
    `No thresholds are known for ${spaceId}.`,
    'Measure one with smart-store eval faces and write it as recognition.threshold into the configuration.',
  );
}

/**
 * The threshold for a wanted false accept rate: between two points of the table it follows the logarithm of the rate. For a
 * rate above the table's the most tolerant threshold is given, which is stricter than was asked for.
 * @throws UserError for a rate below the table's: nobody knows how strict is strict enough
 */
export function thresholdFor(spaceId: string, wantedFalseAcceptRate: number): number {
  const { points } = thresholdTable(spaceId);
  const strictest = points.at(-1)!;
  if (wantedFalseAcceptRate < strictest.falseAcceptRate) {
    throw new UserError(
      'faces.rate-too-small',
      `recognition.wantedFalseAcceptRate is ${wantedFalseAcceptRate}; the smallest that ${spaceId} has a threshold for is ${strictest.falseAcceptRate}.`,
      `Set it to ${strictest.falseAcceptRate} or more, or give recognition.threshold.`,
    );
  }
  const at = points.findIndex((point) => point.falseAcceptRate <= wantedFalseAcceptRate);
  const [below, above] = [points[at]!, points[at - 1]];
  if (!above) return below.threshold;
  const share =
    Math.log(wantedFalseAcceptRate / below.falseAcceptRate) /
    Math.log(above.falseAcceptRate / below.falseAcceptRate);
  return below.threshold + share * (above.threshold - below.threshold);
}
