import { pictureInput } from '../preprocessing.ts';
import type { Weight } from '../tfjs-weights.ts';
import { Layers, type FeatureMap } from './layers.ts';

const MEAN_RGB = [117.001, 114.697, 97.404] as const;
const LEAKY_SLOPE = 0.1;

/**
 * face-api's tiny YOLOv2 face detector. Any square picture whose side is a multiple of 32 gives a grid of side/32 cells
 * with five anchors each: x, y, width, height, score before their activations.
 */
export function tinyFaceDetector(weights: ReadonlyMap<string, Weight>): Uint8Array {
  const layers = new Layers('tiny-face-detector', weights);
  const { graph } = layers;
  const pixels = pictureInput(graph, [1, 'height', 'width'], { mean: MEAN_RGB, divisor: 255 });
  let map: FeatureMap = { value: pixels, channels: 3, size: NaN };
  // the first convolution alone has VALID padding: face-api loses two pixels here and regains one in the pooling
  map = layers.leakyRelu(layers.convolution(map, 'conv0/filters', { bias: 'conv0/bias' }), LEAKY_SLOPE);
  map = halve(layers, map);
  for (const name of ['conv1', 'conv2', 'conv3', 'conv4', 'conv5']) {
    const perChannel = layers.depthwise(map, `${name}/depthwise_filter`);
    const mixed = layers.convolution(perChannel, `${name}/pointwise_filter`, { bias: `${name}/bias` });
    map = layers.leakyRelu(mixed, LEAKY_SLOPE);
    map = name === 'conv5' ? layers.pool('MaxPool', map, 2, 1, 'same') : halve(layers, map);
  }
  const grid = layers.convolution(map, 'conv8/filters', { bias: 'conv8/bias' });
  const channelsLast = graph.node('Transpose', [grid.value], { perm: [0, 2, 3, 1] });
  graph.output('grid', channelsLast, 'float32', [1, 'rows', 'columns', 25]);
  return layers.toModel();
}

/** SAME pooling of a free size: the runtime must work out the padding, which for a 2×2 window goes after the picture. */
function halve(layers: Layers, map: FeatureMap): FeatureMap {
  const attributes = { kernel_shape: [2, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' };
  return { ...map, value: layers.graph.node('MaxPool', [map.value], attributes) };
}
