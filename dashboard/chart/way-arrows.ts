import type { FloorPlan, FloorPoint, FloorTransitions } from '../../analytics/api/schemas/floor.ts';
import { namePlace } from './floor-shapes.ts';

/** A way between two zones as it is drawn: a bent line that ends in an arrow's head. */
export interface WayArrow {
  readonly from: string;
  readonly to: string;
  readonly visits: number;
  /** SVG path of the line, metres. */
  readonly line: string;
  /** SVG path of the head, metres. */
  readonly head: string;
  readonly widthMetres: number;
}

/** More ways than these would hide each other; the list beside them has them all. */
export const MOST_ARROWS = 16;
const WIDEST_METRES = 0.3;
const NARROWEST_METRES = 0.04;
/** There and back bend to either side. */
const BEND = 0.16;
/** Room around a zone's name, where its number stands. */
const AROUND_METRES = 0.45;
const HEAD_METRES = 0.3;

/**
 * The most travelled ways, from the middle of one zone to that of the next, as wide as visits went there; the widest
 * first, so that narrow ones lie above it. Ways from or to a zone that the plan no longer has are left out.
 */
export function wayArrows(
  zones: FloorPlan['zones'],
  ways: NonNullable<FloorTransitions['transitions']>,
): readonly WayArrow[] {
  const places = new Map(zones.map(({ name, polygon }) => [name, namePlace(polygon)]));
  const known = [...ways]
    .sort((one, other) => other.visits - one.visits)
    .flatMap(({ from, to, visits }) => {
      const [start, end] = [places.get(from), places.get(to)];
      return start && end && from !== to ? [{ from, to, visits, start, end }] : [];
    })
    .slice(0, MOST_ARROWS);
  const most = Math.max(1, ...known.map(({ visits }) => visits));
  return known.flatMap(({ from, to, visits, start, end }) => {
    const widthMetres = Math.max(NARROWEST_METRES, (WIDEST_METRES * visits) / most);
    const shape = bent(start, end, widthMetres);
    return shape === undefined ? [] : [{ from, to, visits, widthMetres, ...shape }];
  });
}

/** A quadratic curve that leaves and arrives beside the names; undefined for names that stand on each other. */
function bent(
  start: FloorPoint,
  end: FloorPoint,
  widthMetres: number,
): Pick<WayArrow, 'line' | 'head'> | undefined {
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const length = Math.hypot(dx, dy);
  const headMetres = HEAD_METRES + widthMetres;
  if (length <= 2 * AROUND_METRES + headMetres) return undefined;
  const control: FloorPoint = [(start[0] + end[0]) / 2 - BEND * dy, (start[1] + end[1]) / 2 + BEND * dx];
  const leaves = toward(start, control, AROUND_METRES);
  const tip = toward(end, control, AROUND_METRES);
  const neck = toward(tip, control, headMetres);
  const [ux, uy] = [(tip[0] - neck[0]) / headMetres, (tip[1] - neck[1]) / headMetres];
  const half = headMetres / 2;
  return {
    line: `M${text(leaves)}Q${text(control)} ${text(neck)}`,
    head: `M${text(tip)}L${text([neck[0] - half * uy, neck[1] + half * ux])}L${text([neck[0] + half * uy, neck[1] - half * ux])}Z`,
  };
}

function toward([x, y]: FloorPoint, [toX, toY]: FloorPoint, metres: number): FloorPoint {
  const length = Math.hypot(toX - x, toY - y);
  return [x + ((toX - x) * metres) / length, y + ((toY - y) * metres) / length];
}

const text = ([x, y]: FloorPoint): string => `${x.toFixed(3)} ${y.toFixed(3)}`;
