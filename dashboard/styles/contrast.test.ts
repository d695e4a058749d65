import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Oklch = readonly [lightness: number, chroma: number, hue: number];

/** Every colour of tokens.css that is written for both modes. */
const colours = new Map(
  [
    ...readFileSync(new URL('./tokens.css', import.meta.url), 'utf8').matchAll(
      /--([\w-]+): light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\)/g,
    ),
  ].map(([, name = '', light = '', dark = '']) => [name, { light: parse(light), dark: parse(dark) }]),
);

/** WCAG 2.2: text 4.5 (1.4.3), parts of drawings that carry meaning 3 (1.4.11). */
const TEXT = 4.5;
const DRAWING = 3;

describe.each(['light', 'dark'] as const)('contrast in %s', (mode) => {
  it.each([
    ['ink', 'paper', TEXT],
    ['ink', 'surface', TEXT],
    ['ink-soft', 'paper', TEXT],
    ['ink-soft', 'surface', TEXT],
    ['ink-soft', 'sunken', TEXT],
    ['ink-soft', 'accent-soft', TEXT],
    ['accent', 'paper', TEXT],
    ['accent', 'surface', TEXT],
    ['accent', 'accent-soft', TEXT],
    ['warning', 'warning-soft', TEXT],
    ['warning', 'surface', TEXT],
    ['danger', 'danger-soft', TEXT],
    ['danger', 'surface', TEXT],
    ['line-strong', 'surface', DRAWING],
    ['accent-pale', 'surface', DRAWING],
    ['person', 'surface', DRAWING],
    ['person', 'sunken', DRAWING],
    ['person', 'fixture', DRAWING],
    ['staff', 'surface', DRAWING],
    ['staff', 'sunken', DRAWING],
    ['accent', 'sunken', DRAWING],
    ['danger', 'sunken', DRAWING],
    ['heat-5', 'surface', DRAWING],
    ['heat-6', 'surface', DRAWING],
  ])('%s on %s is at least %f', (front, back, least) => {
    expect(contrast(colour(front, mode), colour(back, mode))).toBeGreaterThanOrEqual(least);
  });
});

/** Steps of the heat map run one way: a stronger step is never nearer to the ground. */
describe.each(['light', 'dark'] as const)('the heat map in %s', (mode) => {
  it.each([1, 2, 3, 4, 5])('step %i stands out less than the next', (step) => {
    const ground = colour('surface', mode);
    const one = contrast(colour(`heat-${step}`, mode), ground);
    expect(contrast(colour(`heat-${step + 1}`, mode), ground)).toBeGreaterThan(one * 1.1);
  });
});

function colour(name: string, mode: 'light' | 'dark'): Oklch {
  const found = colours.get(name);
  if (found === undefined) throw new Error(`tokens.css has no colour ${name} for both modes`);
  return found[mode];
}

function parse(text: string): Oklch {
  const [lightness = NaN, chroma = NaN, hue = NaN] = text.split(' ').map(Number);
  return [lightness, chroma, hue];
}

function contrast(one: Oklch, other: Oklch): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Relative luminance; the matrices are those of CSS Color 4, section 10. */
function luminance([lightness, chroma, hue]: Oklch): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s;
  return 0.2126 * clamp(red) + 0.7152 * clamp(green) + 0.0722 * clamp(blue);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
