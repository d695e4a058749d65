import type { BoxXyxy, Point } from '../faces/geometry.ts';
import { ADULT_METRES, bodyBox } from './body-box.ts';
import { invert, transform, type Matrix3, type Vector3 } from './matrix3.ts';
import type { FloorCalibration, PictureSize } from './pinhole.ts';
import type { FloorCovariance, FloorPoint } from './sighting.ts';

export interface StandingPlace {
  readonly place: FloorPoint;
  readonly covariance: FloorCovariance;
  /** What told the place: the feet, or the head at an assumed height because the feet are not to be seen. */
  readonly by: 'feet' | 'head';
}

/**
 * Adults are 1.68 m tall with shoes, ± 0.09 m (NCD Risk Factor Collaboration, eLife 5:e13410, 2016: means of men and women of
 * most countries lie between 1.58 and 1.80 m, each with 0.065 m around them).
 */
const HEIGHT_SIGMA_METRES = 0.09;
/** Of anybody: children, people who sit. */
const ANY_HEIGHT_SIGMA_METRES = 0.6;
/** A box that makes a person so many sigmas shorter than an adult shows half of one, or a child. */
const TOO_SHORT_SIGMAS = 1.2;
/** Of people in a picture of a shop, so many stand behind something that hides their feet, and so many are children. */
const HIDDEN_FEET = 0.35;
const CHILDREN = 0.08;
/** Detectors miss the edge of a person by so much of the box, and by so many pixels at least. */
const EDGE_SHARE = 0.03;
const MIDDLE_SHARE = 0.08;
const LEAST_SIGMA_PIXELS = 1.5;
/** How much half of a person's width varies, with arms and bags, as a share of the width. */
const HALF_WIDTH_SIGMA_SHARE = 0.25;
/** An edge so near to the picture's edge is cut off there: two pixels, or what detectors miss edges by, twice. */
const CUT_PIXELS = 2;
const CUT_SHARE = 2 * EDGE_SHARE;
/** Where between the two feet somebody stands, and what the plan itself is wrong by. */
const MODEL_SIGMA_METRES = 0.07;
const STEPS = 20;
const LONGEST_STEP_METRES = 3;
const ENOUGH_METRES = 0.001;
/** A place less sure than this is none. */
const VAGUEST_METRES = 10;
/** A child with visible feet is nearly as slim as the body that fits the box; half of an adult is much wider. */
const CHILD_SLIMNESS = 0.9;
/** Looking down: the short axis of a circle on the floor is so much of the long one. */
const ROUND = 0.9;

/**
 * Where the person in a box stands. The box is compared with the box that an upright body would have at a place
 * (Gauss-Newton; unknown are the place and the person's height, about which adults' heights say something beforehand).
 * Where the feet are cut off by the picture's edge, or the box is too short for anybody whose feet are at its lower edge
 * and too wide for a child, the feet are hidden: then the head tells, and how much people's heights differ is in the
 * covariance. Undefined when neither feet nor head tell a place.
 * @param boxXyxy in pixels of the picture, of `size`
 */
export function standingPlace(
  calibration: FloorCalibration,
  boxXyxy: BoxXyxy,
  size: PictureSize,
): StandingPlace | undefined {
  if (calibration.heightMetres === undefined) return placeOnPlane(calibration, boxXyxy, size);
  const edges = edgesOf(calibration, boxXyxy, size);
  if (edges === undefined) return undefined;
  const { feetSeen, headSeen } = edges;
  const free = feetSeen ? fit(calibration, edges, true, ANY_HEIGHT_SIGMA_METRES) : undefined;
  // Of ordinary height, which says something about the place too where the camera looks down steeply.
  const ordinary = free !== undefined && Math.abs(sigmasFromAdult(free)) <= TOO_SHORT_SIGMAS;
  const byFeet = ordinary ? fit(calibration, edges, true, HEIGHT_SIGMA_METRES) : free;
  const byHead = headSeen ? fit(calibration, edges, false, HEIGHT_SIGMA_METRES) : undefined;
  if (free === undefined || byFeet === undefined) {
    return byHead && answer(calibration, byHead.place, placeOf(byHead), 'head');
  }
  if (byHead === undefined) return answer(calibration, byFeet.place, placeOf(byFeet), 'feet');
  const hidden = hiddenFeetShare(free);
  return isHalf(calibration, free, boxXyxy, edges)
    ? answer(calibration, byHead.place, doubted(byHead, byFeet, 1 - hidden), 'head')
    : answer(calibration, byFeet.place, doubted(byFeet, byHead, hidden), 'feet');
}

/**
 * How probable it is that the lower end of a box isn't the feet, by the height that it would make the person: adults'
 * heights are known, children are few, and of hidden legs any part may be missing.
 */
function hiddenFeetShare({ heightMetres, covariance }: Fit): number {
  const sigma = Math.hypot(HEIGHT_SIGMA_METRES, Math.sqrt(covariance[2][2]));
  const off = (heightMetres - ADULT_METRES) / sigma;
  const adult = Math.exp((-off * off) / 2) / (sigma * Math.sqrt(2 * Math.PI));
  const anyPart = heightMetres < ADULT_METRES ? 1 / ADULT_METRES : 0;
  const seen = (1 - HIDDEN_FEET) * ((1 - CHILDREN) * adult + CHILDREN * anyPart);
  const hidden = HIDDEN_FEET * anyPart;
  return hidden / (hidden + seen);
}

/** The covariance of a place that may, as probably as said, be another one: second moments of both around the first. */
function doubted(told: Fit, other: Fit, share: number): FloorCovariance {
  const [xx, xy, yy] = placeOf(told);
  const [otherXx, otherXy, otherYy] = placeOf(other);
  const [dx, dy] = [other.place[0] - told.place[0], other.place[1] - told.place[1]];
  return [
    (1 - share) * xx + share * (otherXx + dx * dx),
    (1 - share) * xy + share * (otherXy + dx * dy),
    (1 - share) * yy + share * (otherYy + dy * dy),
  ];
}

/** A body that fits the box: place and height, and how sure they are. */
interface Fit {
  readonly place: FloorPoint;
  readonly heightMetres: number;
  /** Of across, down and height. */
  readonly covariance: Matrix3;
}

/** The box's edges in words of the body: which one the feet are at, which one the head. */
interface Edges {
  /** 1 when people stand upright (or upside down) in the picture, 0 when they lie sideways in it. */
  readonly along: 0 | 1;
  readonly feetAt: number;
  readonly headAt: number;
  readonly feetFirst: boolean;
  readonly feetSeen: boolean;
  readonly headSeen: boolean;
  readonly sides: readonly [number, number];
  readonly sidesSeen: readonly [boolean, boolean];
  readonly length: number;
  readonly start: FloorPoint;
}

function edgesOf(calibration: FloorCalibration, box: BoxXyxy, size: PictureSize): Edges | undefined {
  const centre: Point = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const start = calibration.toFloor(centre, ADULT_METRES / 2);
  const feet = start && calibration.toImage(start);
  const head = start && calibration.toImage(start, ADULT_METRES);
  if (start === undefined || feet === undefined || head === undefined) return undefined;
  const lean: Point = [feet[0] - head[0], feet[1] - head[1]];
  const along = Math.abs(lean[1]) >= Math.abs(lean[0]) ? 1 : 0;
  const across = along === 1 ? 0 : 1;
  const limits = [size.width, size.height] as const;
  const cut = cutPixels(box);
  const firstSeen = (axis: 0 | 1): boolean => box[axis] > cut;
  const lastSeen = (axis: 0 | 1): boolean => box[axis === 0 ? 2 : 3] < limits[axis] - cut;
  const [first, last] = along === 1 ? [box[1], box[3]] : [box[0], box[2]];
  const feetFirst = lean[along] < 0;
  return {
    along,
    feetFirst,
    feetAt: feetFirst ? first : last,
    headAt: feetFirst ? last : first,
    feetSeen: feetFirst ? firstSeen(along) : lastSeen(along),
    headSeen: feetFirst ? lastSeen(along) : firstSeen(along),
    sides: across === 0 ? [box[0], box[2]] : [box[1], box[3]],
    sidesSeen: [firstSeen(across), lastSeen(across)],
    length: last - first,
    start,
  };
}

/** Whether a box ends where the picture does. */
export function isCut(box: BoxXyxy, { width, height }: PictureSize): boolean {
  const cut = cutPixels(box);
  return box[0] <= cut || box[1] <= cut || box[2] >= width - cut || box[3] >= height - cut;
}

function cutPixels(box: BoxXyxy): number {
  return Math.max(CUT_PIXELS, CUT_SHARE * Math.max(box[2] - box[0], box[3] - box[1]));
}

/** Gauss-Newton on place and height. Undefined where it leaves what the camera sees. */
function fit(
  calibration: FloorCalibration,
  edges: Edges,
  feet: boolean,
  heightSigma: number,
): Fit | undefined {
  let state: Vector3 = [edges.start[0], edges.start[1], ADULT_METRES];
  for (let step = 0; step < STEPS; step++) {
    const now = errors(calibration, edges, state, feet);
    if (now === undefined) return undefined;
    const slopes = ([0, 1, 2] as const).map((index) => {
      const moved: [number, number, number] = [...state];
      moved[index] += ENOUGH_METRES;
      return errors(calibration, edges, moved, feet)?.map((value, i) => (value - now[i]!) / ENOUGH_METRES);
    });
    const [byX, byY, byHeight] = slopes;
    if (byX === undefined || byY === undefined || byHeight === undefined) return undefined;
    const columns = [byX, byY, byHeight] as const;
    const [xRow, yRow, heightRow] = [rowOf(byX, columns), rowOf(byY, columns), rowOf(byHeight, columns)];
    const prior = 1 / heightSigma ** 2;
    const normal: Matrix3 = [xRow, yRow, [heightRow[0], heightRow[1], heightRow[2] + prior]];
    const covariance = invert(normal);
    if (covariance === undefined) return undefined;
    const pull = (ADULT_METRES - state[2]) * prior;
    const [dx, dy, dHeight] = transform(covariance, [
      -sumOfProducts(byX, now),
      -sumOfProducts(byY, now),
      pull - sumOfProducts(byHeight, now),
    ]);
    const far = Math.hypot(dx, dy);
    // Longer steps leave the part of the picture in which the slopes are true.
    const pace = Math.min(1, LONGEST_STEP_METRES / far);
    state = [state[0] + dx * pace, state[1] + dy * pace, Math.max(0.3, state[2] + dHeight * pace)];
    if (far < ENOUGH_METRES) return { place: [state[0], state[1]], heightMetres: state[2], covariance };
  }
  return undefined;
}

/** How far the box is from the body's, edge by edge, in sigmas. */
function errors(
  calibration: FloorCalibration,
  edges: Edges,
  [x, y, height]: Vector3,
  feet: boolean,
): number[] | undefined {
  const body = bodyBox(calibration, [x, y], height);
  if (body === undefined) return undefined;
  const [first, last] = edges.along === 1 ? [body[1], body[3]] : [body[0], body[2]];
  const [one, other] = edges.along === 1 ? [body[0], body[2]] : [body[1], body[3]];
  const [feetAt, headAt] = edges.feetFirst ? [first, last] : [last, first];
  const edgeSigma = Math.max(LEAST_SIGMA_PIXELS, EDGE_SHARE * edges.length);
  const [sideOne, sideOther] = edges.sides;
  const [oneSeen, otherSeen] = edges.sidesSeen;
  const wide = other - one;
  const middleSigma = Math.max(LEAST_SIGMA_PIXELS, MIDDLE_SHARE * (sideOther - sideOne));
  const sideSigma = Math.max(LEAST_SIGMA_PIXELS, HALF_WIDTH_SIGMA_SHARE * wide);
  const result: number[] = [];
  if (feet) result.push((feetAt - edges.feetAt) / edgeSigma);
  if (edges.headSeen) result.push((headAt - edges.headAt) / edgeSigma);
  // With one side cut off, the other tells; with both cut off, somebody is somewhere between them.
  if (oneSeen === otherSeen) {
    const sigma = oneSeen ? middleSigma : Math.max(middleSigma, wide);
    result.push((one + other - sideOne - sideOther) / 2 / sigma);
  } else result.push((oneSeen ? one - sideOne : other - sideOther) / sideSigma);
  return result;
}

function sigmasFromAdult({ heightMetres, covariance }: Fit): number {
  return (heightMetres - ADULT_METRES) / Math.sqrt(HEIGHT_SIGMA_METRES ** 2 + covariance[2][2]);
}

/** Too short for an adult whose feet are at the box's end, and too wide for a child. */
function isHalf(calibration: FloorCalibration, free: Fit, box: BoxXyxy, edges: Edges): boolean {
  if (sigmasFromAdult(free) >= -TOO_SHORT_SIGMAS) return false;
  const child = bodyBox(calibration, free.place, free.heightMetres);
  if (child === undefined) return true;
  const slimness = (of: BoxXyxy): number => {
    const [wide, tall] = [of[2] - of[0], of[3] - of[1]];
    return edges.along === 1 ? tall / wide : wide / tall;
  };
  return slimness(box) < CHILD_SLIMNESS * slimness(child);
}

/**
 * Where only the floor itself is known. Looking from the side, the feet are at the lower edge of the box; looking down,
 * they are somewhere in it.
 */
function placeOnPlane(
  calibration: FloorCalibration,
  [left, top, right, bottom]: BoxXyxy,
  size: PictureSize,
): StandingPlace | undefined {
  const across = (left + right) / 2;
  const middle: Point = [across, (top + bottom) / 2];
  const [width, height] = [right - left, bottom - top];
  if (looksDown(calibration, middle)) {
    return plane(calibration, middle, [width / 4, height / 4]);
  }
  if (bottom >= size.height - CUT_PIXELS) return undefined;
  const sigma = (share: number, of: number): number => Math.max(LEAST_SIGMA_PIXELS, share * of);
  return plane(calibration, [across, bottom], [sigma(MIDDLE_SHARE, width), sigma(EDGE_SHARE, height)]);
}

/** A circle on the floor is seen as a circle, nearly. */
function looksDown(calibration: FloorCalibration, pixel: Point): boolean {
  const circle = calibration.covarianceAt(pixel, 1);
  if (circle === undefined) return false;
  const [xx, xy, yy] = circle;
  const half = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  return Math.sqrt((half - spread) / (half + spread)) > ROUND;
}

function plane(
  calibration: FloorCalibration,
  pixel: Point,
  sigmas: readonly [number, number],
): StandingPlace | undefined {
  const place = calibration.toFloor(pixel);
  const covariance = calibration.covarianceAt(pixel, sigmas);
  if (place === undefined || covariance === undefined) return undefined;
  return answer(calibration, place, covariance, 'feet');
}

/** Adds what the calibration is wrong by; nothing where nobody could say where the person is. */
function answer(
  calibration: FloorCalibration,
  place: FloorPoint,
  [xx, xy, yy]: FloorCovariance,
  by: StandingPlace['by'],
): StandingPlace | undefined {
  const residuals = calibration.residualsCm ?? [];
  const squares = residuals.reduce((sum, cm) => sum + (cm / 100) ** 2, 0) / Math.max(1, residuals.length);
  const more = MODEL_SIGMA_METRES ** 2 + squares / 2;
  if (!(xx + yy <= VAGUEST_METRES ** 2)) return undefined;
  return { place, covariance: [xx + more, xy, yy + more], by };
}

function placeOf({ covariance: [[xx, xy], [, yy]] }: Fit): FloorCovariance {
  return [xx, xy, yy];
}

function rowOf(slopes: readonly number[], [x, y, z]: readonly [number[], number[], number[]]): Vector3 {
  return [sumOfProducts(slopes, x), sumOfProducts(slopes, y), sumOfProducts(slopes, z)];
}

function sumOfProducts(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
