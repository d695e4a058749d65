import { describe, expect, test } from 'vitest';
import { toCameraId } from '../../runtime/ids.ts';
import { lookEvidence, looksOfSights } from './looks.ts';

const [left, right] = [toCameraId('left'), toCameraId('right')];
/** Eight bins of the upper body, eight of the lower one: which of them the clothes fill. */
function worn(upper: number | undefined, lower: number | undefined): Float32Array {
  const bins = new Float32Array(16);
  if (upper !== undefined) for (let bin = 0; bin < 8; bin++) bins[bin] = bin === upper ? 0.43 : 0.01;
  if (lower !== undefined) for (let bin = 0; bin < 8; bin++) bins[8 + bin] = bin === lower ? 0.43 : 0.01;
  return bins;
}
const sights = (cameraId: typeof left, upper: number | undefined, lower: number | undefined, count = 8) =>
  looksOfSights(Array.from({ length: count }, () => ({ cameraId, appearance: worn(upper, lower) })));

describe('clothes', () => {
  test.each([
    ['the same ones', sights(left, 1, 2), sights(left, 1, 2), 'one'],
    ['the same ones before another camera', sights(left, 1, 2), sights(right, 1, 2), 'one'],
    ['another shirt', sights(left, 1, 2), sights(left, 3, 2), 'two'],
    ['legs behind a table', sights(left, 1, 2), sights(left, 1, 5), 'one'],
    ['legs out of the picture', sights(left, 1, 2), sights(left, 1, undefined), 'one'],
    ['nothing to be seen of them', sights(left, 1, 2), sights(left, 1, 2, 0), 'nothing'],
  ] as const)('%s', (_, one, other, said) => {
    const evidence = lookEvidence(one, other);
    expect(evidence > 1 ? 'one' : evidence < -1 ? 'two' : 'nothing').toBe(said);
  });

  test('of a single sight say less than those of many', () => {
    const [known, once] = [sights(left, 1, 2), sights(left, 3, 2, 1)];
    expect(lookEvidence(known, once)).toBeGreaterThanOrEqual(lookEvidence(known, sights(left, 3, 2)));
  });
});
