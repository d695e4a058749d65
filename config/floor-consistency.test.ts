import { expect, test } from 'vitest';
import { UserError } from '../runtime/errors.ts';
import { parseDeployment } from './load.ts';

/** A floor without mistakes; every case below changes one place of it. */
const GOOD = `stores:
  - id: demo
    title: Atelier
    timeZone: Europe/Berlin
    currency: EUR
    openingHours: { monday: ["10:00", "20:00"] }
    floorPlan:
      widthMetres: 10
      heightMetres: 8
      fixtures: [[[1, 1], [2, 1], [2, 2]]]
    cameras:
      - id: ceiling
        purpose: ceiling
        source: { kind: test }
        size: { width: 640, height: 360 }
        framesPerSecond: 10
        ignore: [[[0, 0], [0.2, 0], [0.2, 0.2]]]
        calibration:
          kind: points
          points:
            - { image: [0.1, 0.3], floor: [1, 1] }
            - { image: [0.9, 0.3], floor: [9, 1] }
            - { image: [0.8, 0.9], floor: [7, 6] }
            - { image: [0.2, 0.9], floor: [3, 6] }
    zones:
      - { name: till, polygon: [[8, 0], [10, 0], [10, 2]] }
      - { name: waiting, kind: queue, leadsTo: till, polygon: [[6, 0], [8, 0], [8, 2]] }
    lines:
      - { name: aisle, from: [0, 4], to: [10, 4] }
`;

function mistakesOf(text: string): string {
  try {
    parseDeployment(text, '/shop/store.yaml', {});
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'no mistakes';
}

function changed(from: string, to: string): string {
  expect(GOOD).toContain(from);
  return mistakesOf(GOOD.replace(from, to));
}

test('a floor without mistakes is taken', () => {
  expect(mistakesOf(GOOD)).toBe('no mistakes');
});

test.each<[string, string, string, string[]]>([
  [
    'a ceiling camera that knows no floor',
    GOOD.slice(GOOD.indexOf('        calibration:'), GOOD.indexOf('    zones:')),
    '',
    ['cameras[0].calibration', 'because this is a ceiling camera', 'kind: pose', '#calibrate'],
  ],
  [
    'a calibration point beside the shop',
    'floor: [9, 1]',
    'floor: [12, 1]',
    ['cameras[0].calibration.points[1].floor', '[12, 1], which is outside', 'move the point'],
  ],
  [
    'a queue that leads to no zone',
    'leadsTo: till',
    'leadsTo: tills',
    ['zones[1].leadsTo', 'another zone of this store (till)', 'did you mean `till`?'],
  ],
  [
    'a queue that leads to itself',
    'leadsTo: till',
    'leadsTo: waiting',
    ['zones[1].leadsTo', 'another zone of this store (till)'],
  ],
  [
    'a zone that is no queue and leads somewhere',
    'kind: queue, leadsTo',
    'leadsTo',
    ['zones[1].leadsTo', 'of kind area', 'kind: queue'],
  ],
  [
    'more detections than frames',
    'framesPerSecond: 10',
    'framesPerSecond: 10\n        detectionsPerSecond: 12',
    ['cameras[0].detectionsPerSecond', 'at most framesPerSecond, 10', 'no frame can be looked at twice'],
  ],
  [
    'fewer frames than the detections that are the default',
    'framesPerSecond: 10',
    'framesPerSecond: 3',
    ['cameras[0].detectionsPerSecond', 'at most framesPerSecond, 3', 'write 3 or less'],
  ],
  [
    'a line without length',
    'to: [10, 4]',
    'to: [0, 4]',
    ['lines[0]', 'a line between two different points', 'nobody can cross it'],
  ],
  ['a line that leaves the shop', 'to: [10, 4]', 'to: [10.5, 4]', ['lines[0].to', 'which is outside']],
  [
    'two lines of one name',
    '      - { name: aisle, from: [0, 4], to: [10, 4] }',
    '      - { name: aisle, from: [0, 4], to: [10, 4] }\n      - { name: aisle, from: [0, 5], to: [10, 5] }',
    ['lines[1].name', 'crossings of the two lines would be added up'],
  ],
  [
    'furniture whose edges cross',
    '[[1, 1], [2, 1], [2, 2]]',
    '[[1, 1], [2, 2], [2, 1], [1, 2]]',
    ['floorPlan.fixtures[0]', 'its edges cross'],
  ],
  [
    'furniture outside',
    '[[1, 1], [2, 1], [2, 2]]',
    '[[1, 1], [2, 1], [2, 9]]',
    ['floorPlan.fixtures[0][2]', 'which is outside of the shop'],
  ],
  [
    'a zone outside',
    '[[8, 0], [10, 0], [10, 2]]',
    '[[8, 0], [11, 0], [10, 2]]',
    ['zones[0].polygon[1]', 'nobody can stand there'],
  ],
  [
    'an ignored part without area',
    '[[0, 0], [0.2, 0], [0.2, 0.2]]',
    '[[0, 0], [0.2, 0.2], [0.4, 0.4]]',
    ['cameras[0].ignore[0]', 'its area is zero'],
  ],
])('%s is named with its place and what to do', (_, from, to, parts) => {
  const said = changed(from, to);
  for (const part of parts) expect(said).toContain(part);
});
