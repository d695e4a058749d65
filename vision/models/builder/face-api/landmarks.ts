import { pictureInput } from '../preprocessing.ts';
import type { Weight } from '../tfjs-weights.ts';
import { Layers, type FeatureMap } from './layers.ts';

/** Mean colour of the faces that face-api's networks and dlib's were trained on. */
export const MEAN_FACE_RGB = [122.782, 117.001, 104.298] as const;

/**
 * face-api's network for the 68 landmarks of the iBUG scheme: a 112×112 picture of a face gives x0, y0, x1, y1 … as
 * fractions of the picture.
 */
export function faceLandmark68(weights: ReadonlyMap<string, Weight>): Uint8Array {
  const layers = new Layers('face-landmark-68', weights);
  const { graph } = layers;
  const pixels = pictureInput(graph, ['N', 112, 112], { mean: MEAN_FACE_RGB, divisor: 255 });
  let map: FeatureMap = { value: pixels, channels: 3, size: 112 };
  for (const block of ['dense0', 'dense1', 'dense2', 'dense3']) map = denseBlock(layers, map, block);
  const pooled = layers.pool('AveragePool', map, 7, 2);
  const flat = graph.node('Flatten', [pooled.value], { axis: 1 });
  const landmarks = graph.node('Gemm', [flat, layers.floats('fc/weights'), layers.floats('fc/bias')]);
  graph.output('landmarks', landmarks, 'float32', ['N', 136]);
  return layers.toModel();
}

/** Four convolutions, each fed with the sum of those before it; the first halves the size. */
function denseBlock(layers: Layers, map: FeatureMap, block: string): FeatureMap {
  const first = layers.relu(
    block === 'dense0'
      ? layers.convolution(map, `${block}/conv0/filters`, {
          stride: 2,
          padding: 'same',
          bias: `${block}/conv0/bias`,
        })
      : separable(layers, map, `${block}/conv0`, 2),
  );
  const second = separable(layers, first, `${block}/conv1`);
  const sumOfTwo = layers.add(first, second);
  const third = separable(layers, layers.relu(sumOfTwo), `${block}/conv2`);
  const sumOfThree = layers.add(first, layers.add(second, third));
  const fourth = separable(layers, layers.relu(sumOfThree), `${block}/conv3`);
  return layers.relu(layers.add(first, layers.add(second, layers.add(third, fourth))));
}

function separable(layers: Layers, map: FeatureMap, prefix: string, stride = 1): FeatureMap {
  const perChannel = layers.depthwise(map, `${prefix}/depthwise_filter`, stride);
  return layers.convolution(perChannel, `${prefix}/pointwise_filter`, { bias: `${prefix}/bias` });
}
