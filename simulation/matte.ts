/** A colour picture with coverage: `rgb` 3 bytes a pixel, `alpha` 0..255 a pixel. */
export interface Matted {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8ClampedArray;
  readonly alpha: Uint8ClampedArray;
}

/** Pixels on either side of the traced outline whose coverage is found from colours. */
const BAND_INSIDE = 20;
const BAND_OUTSIDE = 20;
const SEARCH_STEPS = 56;
const DIRECTIONS = Array.from({ length: 8 }, (_, index) => {
  const angle = ((index + 0.25) / 8) * 2 * Math.PI;
  return [Math.cos(angle), Math.sin(angle)] as const;
});
/** Samples found for the pixel at hand: place and distance in turn. Kept, because there are a million such pixels. */
const FORE = new Float64Array(2 * DIRECTIONS.length);
const REAR = new Float64Array(2 * DIRECTIONS.length);

/**
 * Finds how much of each pixel belongs to what the outline surrounds. Along the outline, each pixel's colour is explained
 * as a mixture of a sure foreground and a sure background colour found nearby, the best pair wins (sampling-based
 * matting, after Gastal and Oliveira, "Shared Sampling for Real-Time Alpha Matting", 2010), and the coverage is smoothed
 * along the picture's edges (He, Sun and Tang, "Guided Image Filtering", 2010). Foreground colours are returned without
 * the background's share, so that hair doesn't carry the old wall along.
 * @param inside 1 where the outline holds the pixel, else 0
 */
export function matte(rgb: Uint8Array, inside: Uint8Array, width: number, height: number): Matted {
  const depth = signedDistance(inside, width, height);
  const alpha = new Float32Array(width * height);
  const colour = new Uint8ClampedArray(rgb);
  const back = new Uint8Array(rgb);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const d = depth[at]!;
      if (d >= BAND_INSIDE) alpha[at] = 1;
      else if (d > -BAND_OUTSIDE) explain(rgb, depth, width, height, x, y, alpha, colour, back);
    }
  }
  const smooth = guidedFilter(luminance(rgb), alpha, width, height, 4, 0.0008);
  const out = new Uint8ClampedArray(width * height);
  for (let at = 0; at < out.length; at++) {
    const d = depth[at]!;
    if (d >= BAND_INSIDE) out[at] = 255;
    else if (d > -BAND_OUTSIDE) {
      const a = Math.min(1, Math.max(0, (smooth[at]! - 0.1) / 0.84));
      out[at] = 255 * a;
      decontaminate(rgb, back, colour, at, a);
    }
  }
  return { width, height, rgb: colour, alpha: out };
}

/** Even-odd fill of a polygon: 1 inside, 0 outside. */
export function fillPolygon(
  points: readonly (readonly [number, number])[],
  width: number,
  height: number,
): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const crossings: number[] = [];
    points.forEach(([x1, y1], index) => {
      const [x2, y2] = points[(index + 1) % points.length]!;
      if (y1 <= y !== y2 <= y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
    });
    crossings.sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const from = Math.max(0, Math.ceil(crossings[pair]!));
      const to = Math.min(width - 1, Math.floor(crossings[pair + 1]!));
      if (to >= from) mask.fill(1, y * width + from, y * width + to + 1);
    }
  }
  return mask;
}

function explain(
  rgb: Uint8Array,
  depth: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  alpha: Float32Array,
  colour: Uint8ClampedArray,
  back: Uint8Array,
): void {
  let fores = 0;
  let rears = 0;
  for (const [dx, dy] of DIRECTIONS) {
    let wantFore = true;
    let wantRear = true;
    let step = 2;
    while (step < SEARCH_STEPS && (wantFore || wantRear)) {
      const px = Math.round(x + dx * step);
      const py = Math.round(y + dy * step);
      if (px < 0 || py < 0 || px >= width || py >= height) break;
      const d = depth[py * width + px]!;
      if (wantFore && d >= BAND_INSIDE) {
        FORE[fores++] = py * width + px;
        FORE[fores++] = step;
        wantFore = false;
      } else if (wantRear && d <= -BAND_OUTSIDE) {
        REAR[rears++] = py * width + px;
        REAR[rears++] = step;
        wantRear = false;
      }
      // The distance to the outline says how far it is at least to anything wanted.
      const toFore = wantFore ? BAND_INSIDE - d : Infinity;
      const toRear = wantRear ? BAND_OUTSIDE + d : Infinity;
      step += Math.max(2, Math.min(toFore, toRear) * 0.8);
    }
  }
  const at = y * width + x;
  const byPlace = smoothstep(-0.5 * BAND_OUTSIDE, 0.35 * BAND_INSIDE, depth[at]!);
  if (fores === 0 || rears === 0) {
    alpha[at] = byPlace;
    return;
  }
  const r = rgb[at * 3]!;
  const g = rgb[at * 3 + 1]!;
  const b = rgb[at * 3 + 2]!;
  let best = Infinity;
  let bestAlpha = byPlace;
  let bestContrast = 0;
  let bestFore = at;
  let bestRear = at;
  for (let i = 0; i < fores; i += 2) {
    const f = FORE[i]! * 3;
    for (let j = 0; j < rears; j += 2) {
      const k = REAR[j]! * 3;
      const ur = rgb[f]! - rgb[k]!;
      const ug = rgb[f + 1]! - rgb[k + 1]!;
      const ub = rgb[f + 2]! - rgb[k + 2]!;
      const contrast = ur * ur + ug * ug + ub * ub + 1;
      const dot = (r - rgb[k]!) * ur + (g - rgb[k + 1]!) * ug + (b - rgb[k + 2]!) * ub;
      const a = Math.min(1, Math.max(0, dot / contrast));
      const er = r - rgb[k]! - a * ur;
      const eg = g - rgb[k + 1]! - a * ug;
      const eb = b - rgb[k + 2]! - a * ub;
      const cost = Math.sqrt(er * er + eg * eg + eb * eb) + 0.12 * (FORE[i + 1]! + REAR[j + 1]!);
      if (cost < best) {
        best = cost;
        bestAlpha = a;
        bestContrast = contrast;
        bestFore = f / 3;
        bestRear = k / 3;
      }
    }
  }
  // Where foreground and background look alike, colours say nothing: the traced outline decides.
  const trust = Math.min(1, bestContrast / 3600) * Math.max(0.25, Math.min(1, 1.6 - best / 40));
  alpha[at] = trust * bestAlpha + (1 - trust) * byPlace;
  for (let c = 0; c < 3; c++) {
    colour[at * 3 + c] = rgb[bestFore * 3 + c]!;
    back[at * 3 + c] = rgb[bestRear * 3 + c]!;
  }
}

/** Removes the background's share from a mixed pixel; thin coverage leans on the foreground sample. */
function decontaminate(
  rgb: Uint8Array,
  back: Uint8Array,
  colour: Uint8ClampedArray,
  at: number,
  a: number,
): void {
  for (let c = 0; c < 3; c++) {
    const i = at * 3 + c;
    const sample = colour[i]!;
    const clean = a > 0.05 ? (rgb[i]! - (1 - a) * back[i]!) / a : sample;
    const lean = Math.min(1, a * 1.3);
    colour[i] = lean * Math.min(255, Math.max(0, clean)) + (1 - lean) * sample;
  }
}

/** Pixels to the outline, positive inside (chamfer distance, Borgefors 1986). */
function signedDistance(inside: Uint8Array, width: number, height: number): Float32Array {
  const toOutside = chamfer(inside, 0, width, height);
  const toInside = chamfer(inside, 1, width, height);
  for (let at = 0; at < toOutside.length; at++) toOutside[at] = toOutside[at]! - toInside[at]!;
  return toOutside;
}

/** Pixels to the nearest one whose mask is `target`. */
function chamfer(mask: Uint8Array, target: 0 | 1, width: number, height: number): Float32Array {
  const far = 1e6;
  const side = 1;
  const diagonal = 4 / 3;
  const out = new Float32Array(mask.length);
  for (let at = 0; at < out.length; at++) out[at] = mask[at] === target ? 0 : far;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      let least = out[at]!;
      if (least === 0) continue;
      if (x > 0) least = Math.min(least, out[at - 1]! + side);
      if (y > 0) {
        least = Math.min(least, out[at - width]! + side);
        if (x > 0) least = Math.min(least, out[at - width - 1]! + diagonal);
        if (x < width - 1) least = Math.min(least, out[at - width + 1]! + diagonal);
      }
      out[at] = least;
    }
  }
  for (let y = height - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--) {
      const at = y * width + x;
      let least = out[at]!;
      if (least === 0) continue;
      if (x < width - 1) least = Math.min(least, out[at + 1]! + side);
      if (y < height - 1) {
        least = Math.min(least, out[at + width]! + side);
        if (x < width - 1) least = Math.min(least, out[at + width + 1]! + diagonal);
        if (x > 0) least = Math.min(least, out[at + width - 1]! + diagonal);
      }
      out[at] = least;
    }
  }
  return out;
}

function guidedFilter(
  guide: Float32Array,
  input: Float32Array,
  width: number,
  height: number,
  radius: number,
  epsilon: number,
): Float32Array {
  const mean = (values: Float32Array): Float32Array => boxMean(values, width, height, radius);
  const meanGuide = mean(guide);
  const meanInput = mean(input);
  const meanBoth = mean(guide.map((value, at) => value * input[at]!));
  const meanSquare = mean(guide.map((value) => value * value));
  const slope = meanBoth.map(
    (both, at) =>
      (both - meanGuide[at]! * meanInput[at]!) /
      (meanSquare[at]! - meanGuide[at]! * meanGuide[at]! + epsilon),
  );
  const offset = slope.map((value, at) => meanInput[at]! - value * meanGuide[at]!);
  const meanSlope = mean(slope);
  const meanOffset = mean(offset);
  return meanSlope.map((value, at) => value * guide[at]! + meanOffset[at]!);
}

function boxMean(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const rows = new Float32Array(values.length);
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y++) runningMean(values, rows, y * width, 1, width, radius);
  for (let x = 0; x < width; x++) runningMean(rows, out, x, width, height, radius);
  return out;
}

function runningMean(
  from: Float32Array,
  to: Float32Array,
  start: number,
  stride: number,
  count: number,
  radius: number,
): void {
  let sum = 0;
  let held = 0;
  for (let i = 0; i < Math.min(radius, count); i++, held++) sum += from[start + i * stride]!;
  for (let i = 0; i < count; i++) {
    if (i + radius < count) {
      sum += from[start + (i + radius) * stride]!;
      held++;
    }
    if (i - radius > 0) {
      sum -= from[start + (i - radius - 1) * stride]!;
      held--;
    }
    to[start + i * stride] = sum / held;
  }
}

function luminance(rgb: Uint8Array): Float32Array {
  const out = new Float32Array(rgb.length / 3);
  for (let at = 0; at < out.length; at++) {
    out[at] = (0.299 * rgb[at * 3]! + 0.587 * rgb[at * 3 + 1]! + 0.114 * rgb[at * 3 + 2]!) / 255;
  }
  return out;
}

function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
