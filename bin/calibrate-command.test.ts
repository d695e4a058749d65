import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { Command } from 'commander';
import type { CalibrationAnswer } from '../analytics/api/schemas/calibration.ts';
import { parseDeployment } from '../config/load.ts';
import { UserError } from '../runtime/errors.ts';
import { calibrate } from '../vision/floor/calibration.ts';
import { addCalibrateCommand } from './calibrate-command.ts';
import { calibrationYaml } from './calibration-port.ts';

const folder = mkdtempSync(join(tmpdir(), 'smart-store-calibrate-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const SIZE = { width: 640, height: 360 };
const camera = calibrate(
  {
    kind: 'pose',
    place: [4, 8],
    heightMetres: 3,
    bearingDegrees: 10,
    pitchDownDegrees: 35,
    rollDegrees: 0,
    horizontalFieldOfViewDegrees: 80,
  },
  SIZE,
);
const PLACES = [
  [3, 6],
  [5.4, 6],
  [6.5, 2],
  [3, 2.5],
  [4, 4],
  [5.5, 3.5],
] as const;
const pixels = PLACES.map((place) => camera.toImage(place)!);
const table = (rows: readonly (readonly number[])[]): string => rows.map((row) => row.join(',')).join('\n');
const GOOD = table(PLACES.map((place, index) => [...pixels[index]!, ...place]));
const ONE_WRONG = table(PLACES.map(([x, y], index) => [...pixels[index]!, index === 3 ? x + 2 : x, y]));

/** Runs the command as the shell does. */
function run(...argv: string[]): { text: string; bad: boolean } {
  let text = '';
  let bad = false;
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const program = new Command().exitOverride();
  addCalibrateCommand(program, () => (bad = true));
  program.parse(['node', 'smart-store', 'calibrate', ...argv]);
  return { text, bad };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('smart-store calibrate --points', () => {
  it('solves a table of pixels, and writes what belongs into the configuration', () => {
    const { text, bad } = run(
      '--points',
      file('good.csv', `x,y,across,down\n${GOOD}\n`),
      '--size',
      '640x360',
    );
    expect(bad).toBe(false);
    expect(text).toMatch(/Usable: the points are 0(\.\d)? cm off/);
    expect(text).toContain('3 m high, looks 35° down and sees 80° from left to right');
    expect(text).toContain('    - { image: [');
  });

  it('takes the YAML that it wrote, and says the same', () => {
    const json = JSON.parse(
      run('--points', file('good.csv', GOOD), '--size', '640x360', '--json').text,
    ) as CalibrationAnswer;
    const again = run('--points', file('good.yaml', json.yaml), '--size', '640x360', '--json');
    expect((JSON.parse(again.text) as CalibrationAnswer).yaml).toBe(json.yaml);
  });

  it('ends with a finding and names the wrong point', () => {
    const { text, bad } = run('--points', file('wrong.csv', ONE_WRONG), '--size', '640x360');
    expect(bad).toBe(true);
    expect(text).toContain('NOT USABLE');
    expect(text).toMatch(/point 4: .* cm off {2}<- probably wrong/);
    expect(text).toContain('To do: mark point 4 again');
    expect(text).not.toContain('For the camera in the configuration');
  });

  it.each<[string, string, string[], string]>([
    [
      'three points',
      table([
        [1, 2, 3, 4],
        [5, 6, 7, 8],
        [9, 9, 9, 9],
      ]),
      [],
      'four or more points',
    ],
    ['a line of words', `${GOOD}\n10,20,thirty,40`, [], ':7: expected four numbers'],
    ['pixels beyond the picture', GOOD.replace(/^[\d.]+/, '900'), [], 'outside of a picture of 640x360'],
    ['no size', GOOD, ['--no-size'], 'Expected the size of the picture'],
  ])('says what is wrong with %s', (name, text, more, says) => {
    const path = file(`${name.replaceAll(' ', '-')}.csv`, text);
    const size = more.length === 0 ? ['--size', '640x360'] : [];
    expect(() => run('--points', path, ...size)).toThrow(says);
    expect(() => run('--points', path, ...size)).toThrow(UserError);
  });
});

describe('smart-store calibrate', () => {
  const store = (calibration: string): string => `stores:
  - id: demo
    title: Atelier
    timeZone: Europe/Berlin
    currency: EUR
    openingHours: { monday: ["10:00", "20:00"] }
    floorPlan: { widthMetres: 10, heightMetres: 9 }
    cameras:
      - id: ceiling
        purpose: ceiling
        source: { kind: test }
        size: { width: 640, height: 360 }
${calibration.replace(/^(?=.)/gm, '        ')}`;
  const yaml = (wrong: number): string =>
    calibrationYaml({
      kind: 'points',
      points: PLACES.map(([x, y], index) => ({
        image: [pixels[index]![0] / SIZE.width, pixels[index]![1] / SIZE.height],
        floor: [index === wrong ? x + 2 : x, y],
      })),
    });

  it('says how well the configured cameras know the floor', () => {
    const { text, bad } = run('--config', file('good-store.yaml', store(yaml(-1))));
    expect(bad).toBe(false);
    expect(text).toContain('ceiling: points');
    expect(text).toMatch(/hangs at [34]\.\d\d, [78]\.\d\d m, (2\.9|3\.0)\d m high/);
    expect(text).toMatch(/sees \d+\.\d m² of the floor plan/);
    expect(text).toMatch(/point 6: 0\.\d cm off/);
  });

  it('ends with a finding for one that is unusable', () => {
    const path = file('bad-store.yaml', store(yaml(3)));
    const { text, bad } = run('--config', path, '--json');
    expect(bad).toBe(true);
    expect(JSON.parse(text)).toMatchObject({
      cameras: [{ cameraId: 'ceiling', usable: false, suspect: 3, seenSquareMetres: null }],
    });
  });

  it('the written lines are taken by the configuration', () => {
    const [read] = parseDeployment(store(yaml(-1)), '/shop/store.yaml', {}).stores[0]!.cameras;
    expect(read?.calibration?.kind).toBe('points');
  });
});
