import { exposureAt } from './light.ts';
import { seededRandom } from './random.ts';
import type { Scenario } from './scenario.ts';

/**
 * How the camera turns light into levels: exposure and noise. Pictures are painted in levels that stand `floor` too low,
 * so that {@link Sensor.addNoise} can add four bytes at once without one overflowing into the next: painted levels are
 * 0 .. 255 - 2 floor, noise is 0 .. 2 floor.
 */
export interface Sensor {
  readonly floor: number;
  expose(frame: number): Exposure;
  /** Ends the picture: noise that is another for every frame and the same for every run, and true levels again. */
  addNoise(rgb: Uint8Array, frame: number): void;
}

export interface Exposure {
  /** Level of light, 0..255 → painted level. */
  readonly table: Uint8Array;
  /** The empty shop in painted levels; valid until the next frame. */
  readonly backdrop: Uint8Array;
}

export interface SensorSettings {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** How much light clouds take, a fraction. */
  readonly exposureSwing: number;
}

const NOISE_PIXELS = 1 << 16;
/** Noise is cut off at so many standard deviations; pixels keep that far from black and white. */
const NOISE_DEVIATIONS = 3.5;
/** Exposure moves in steps of one or two levels, which nobody sees, so that the exposed backdrop can be kept. */
const EXPOSURE_STEP = 1 / 160;

/**
 * @param backdrop the empty shop, width × height × 3 bytes
 * @param camera its name makes its noise and its clouds others than another camera's
 */
export function createSensor(scenario: Scenario, backdrop: Uint8Array, camera: SensorSettings): Sensor {
  const { width, height, framesPerSecond, exposureSwing } = camera;
  const { noise } = scenario.camera;
  const random = seededRandom(scenario.seed, camera.name);
  const cloudPhase = random.between(0, 2 * Math.PI);
  const floor = Math.ceil(noise * NOISE_DEVIATIONS);
  const grain = gaussianNoise(noise, floor, scenario.seed);
  const table = new Uint8Array(256);
  const exposed = new Uint8Array(backdrop.length);
  let heldStep: number | undefined;
  return {
    floor,
    expose: (frame) => {
      const exposure = exposureAt(frame / framesPerSecond, exposureSwing, cloudPhase);
      const step = Math.round(exposure / EXPOSURE_STEP);
      if (step !== heldStep) {
        for (let level = 0; level < 256; level++) {
          const bright = Math.round(level * step * EXPOSURE_STEP);
          table[level] = Math.min(255 - 2 * floor, Math.max(0, bright - floor));
        }
        for (let i = 0; i < backdrop.length; i++) exposed[i] = table[backdrop[i]!]!;
        heldStep = step;
      }
      return { table, backdrop: exposed };
    },
    addNoise: (rgb, frame) => {
      const words = new Uint32Array(rgb.buffer, rgb.byteOffset, rgb.byteLength / 4);
      const rowWords = (width * 3) / 4;
      const starts = (grain.length - rowWords) / 3;
      for (let y = 0; y < height; y++) {
        // A row starts anywhere in the noise, at a whole pixel and a whole word, so no pattern stands still.
        const chance = (Math.imul(frame * height + y + 1, 0x9e3779b1) >>> 0) / 4294967296;
        let n = 3 * Math.floor(chance * starts);
        for (let i = y * rowWords, end = i + rowWords; i < end; i++) words[i] = words[i]! + grain[n++]!;
      }
    },
  };
}

/** Normally distributed brightness around `floor`, the same for the three colours of a pixel. */
function gaussianNoise(sigma: number, floor: number, seed: number): Uint32Array {
  const random = seededRandom(seed, 'noise');
  const bytes = new Uint8Array(NOISE_PIXELS * 3);
  for (let at = 0; at < NOISE_PIXELS; at++) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.unit()));
    const value = Math.round(sigma * radius * Math.cos(2 * Math.PI * random.unit()));
    bytes.fill(floor + Math.max(-floor, Math.min(floor, value)), at * 3, at * 3 + 3);
  }
  return new Uint32Array(bytes.buffer);
}
