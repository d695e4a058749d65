import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../runtime/paths.ts';
import { openNetwork, type Network } from './network.ts';
import { NPM_NETWORKS } from './npm-networks.ts';
import { REFERENCES, startTensorFlow } from './tensorflow-reference.ts';

const photographs = join(ROOT, 'node_modules/@vladmandic/face-api/demo');

/** The side of the picture where a network takes any size. */
const FREE_SIDE = 416;

/**
 * Largest difference to TensorFlow.js, as a part of the largest value of the output. Both compute with 32-bit floats but
 * add in a different order; a wrong pixel of padding shows as 1e-2 and more.
 */
const TOLERANCE = 5e-5;

describe.each(Object.values(NPM_NETWORKS).map(({ name }) => name))(
  '%s computes what TensorFlow.js computes',
  (name) => {
    const { input, outputs } = NPM_NETWORKS[name];
    const height = typeof input.height === 'number' ? input.height : FREE_SIDE;
    const width = typeof input.width === 'number' ? input.width : FREE_SIDE;
    const pictures = input.batch === 'N' ? 2 : 1;
    const size = { pictures, height, width };
    let network: Network;
    let ours: Record<string, { data: Float32Array; shape: readonly number[] }>;
    let theirs: Record<string, Float32Array>;

    beforeAll(async () => {
      await startTensorFlow();
      network = await openNetwork(name);
      const reference = await REFERENCES[name]();
      const shots = await Promise.all([photograph('sample1.jpg', size), photograph('sample5.jpg', size)]);
      const pixels = new Uint8Array(Buffer.concat(shots.slice(0, pictures)));
      ours = await network.run(pixels, size);
      theirs = await reference.compute(pixels, size);
    });
    afterAll(() => network.close());

    it.each(Object.keys(outputs))('output %s', (output) => {
      const expected = theirs[output]!;
      const { data, shape } = ours[output]!;
      expect(shape.reduce((product, extent) => product * extent, 1)).toBe(data.length);
      expect(data.length).toBe(expected.length);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest, 'the reference says something').toBeGreaterThan(0);
      const difference = data.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - expected[index]!)),
        0,
      );
      if (process.env['SHOW_DIFFERENCES'])
        process.stderr.write(`${name} ${output} ${difference / largest}\n`);
      expect(difference / largest).toBeLessThan(TOLERANCE);
    });
  },
);

async function photograph(
  file: string,
  { height, width }: { height: number; width: number },
): Promise<Buffer> {
  return sharp(join(photographs, file))
    .resize(width, height, { fit: 'cover' })
    .removeAlpha()
    .raw()
    .toBuffer();
}
