import type { Picture } from '../frame.ts';
import type { BoxXyxy } from '../faces/geometry.ts';
import type { Appearance } from '../floor/sighting.ts';

/** Twelve hues of coloured pixels, and four greys from black to white. */
const HUES = 12;
const GREYS = 4;
const BINS = HUES + GREYS;
/** Upper and lower body, apart: a red shirt over blue trousers isn't a blue shirt over red ones. */
const PARTS = 2;

/** How many samples a side of each part: enough for a histogram of 16 bins, few enough for 100 people a frame. */
const SAMPLES = 14;
/** Where clothes are, in fractions of the box's height: below the head, above the shoes. */
const UPPER: readonly [number, number] = [0.18, 0.5];
const LOWER: readonly [number, number] = [0.55, 0.9];
/** Half of the box's width around its middle: what is left and right of it is mostly floor. */
const WIDTH: readonly [number, number] = [0.27, 0.73];
/** Below this saturation a pixel is grey, whatever its hue says: noise has a hue too. */
const GREY_BELOW = 0.18;
/** Darker than this a colour can't be told. */
const BLACK_BELOW = 26;

/**
 * What a person wears, roughly: the colours of the upper and the lower half of the body. Normalised, so that distance
 * doesn't count; hue and not brightness where there is a colour, so that light counts little; each pixel is shared between
 * neighbouring bins, so that a hue at their border doesn't jump.
 *
 * It is a hint: many people wear the same. It says nothing about a body or a face.
 * @returns 32 numbers whose sum is 1; undefined where the box is too small to say
 */
export function appearanceOf(picture: Picture, boxXyxy: BoxXyxy): Appearance | undefined {
  const [left, top, right, bottom] = boxXyxy;
  const [width, height] = [right - left, bottom - top];
  if (width < 8 || height < 16) return undefined;
  const histogram = new Float32Array(PARTS * BINS);
  [UPPER, LOWER].forEach(([from, to], part) => {
    const bins = histogram.subarray(part * BINS, (part + 1) * BINS);
    for (let j = 0; j < SAMPLES; j++) {
      const y = Math.floor(top + height * (from + ((j + 0.5) / SAMPLES) * (to - from)));
      if (y < 0 || y >= picture.height) continue;
      for (let i = 0; i < SAMPLES; i++) {
        const x = Math.floor(left + width * (WIDTH[0] + ((i + 0.5) / SAMPLES) * (WIDTH[1] - WIDTH[0])));
        if (x < 0 || x >= picture.width) continue;
        addPixel(bins, picture.rgb, (y * picture.width + x) * 3);
      }
    }
  });
  const sum = histogram.reduce((total, value) => total + value, 0);
  return sum === 0 ? undefined : histogram.map((value) => value / sum);
}

/**
 * How alike two appearances are: 1 the same, 0 nothing in common.
 * Bhattacharyya coefficient (A. Bhattacharyya, Bull. Calcutta Math. Soc. 35, 1943): the sum of the roots of the products.
 */
export function likeness(one: Appearance, other: Appearance): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += Math.sqrt(one[index]! * (other[index] ?? 0));
  return Math.min(1, sum);
}

function addPixel(bins: Float32Array, rgb: Uint8Array, at: number): void {
  const red = rgb[at]!;
  const green = rgb[at + 1]!;
  const blue = rgb[at + 2]!;
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (most < BLACK_BELOW || spread < GREY_BELOW * most) {
    share(bins, HUES, GREYS, (most / 255) * GREYS - 0.5, false);
    return;
  }
  const sixth =
    most === red
      ? (green - blue) / spread
      : most === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  share(bins, 0, HUES, (sixth / 6) * HUES, true);
}

/** Gives a pixel to the two nearest of `count` bins from `first` on, in inverse proportion to their distance. */
function share(bins: Float32Array, first: number, count: number, place: number, isCircle: boolean): void {
  const below = Math.floor(place);
  const part = place - below;
  const above = below + 1;
  const lower = isCircle ? (below + count) % count : below < 0 ? 0 : below;
  const upper = isCircle ? (above + count) % count : above >= count ? count - 1 : above;
  bins[first + lower]! += 1 - part;
  bins[first + upper]! += part;
}
