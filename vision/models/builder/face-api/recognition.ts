import { pictureInput } from '../preprocessing.ts';
import type { Weight } from '../tfjs-weights.ts';
import { Layers, type FeatureMap } from './layers.ts';
import { MEAN_FACE_RGB } from './landmarks.ts';

/**
 * dlib's face recognition ResNet (dlib_face_recognition_resnet_model_v1), 29 convolutions, as face-api carries it:
 * a 150×150 chip of an aligned face becomes 128 numbers, compared by Euclidean distance.
 */
export function faceRecognition(weights: ReadonlyMap<string, Weight>): Uint8Array {
  const layers = new Layers('face-recognition', weights);
  const { graph } = layers;
  const pixels = pictureInput(graph, ['N', 150, 150], { mean: MEAN_FACE_RGB, divisor: 255 });
  let map: FeatureMap = { value: pixels, channels: 3, size: 150 };
  map = layers.relu(affineConvolution(layers, map, 'conv32_down', 2));
  map = layers.pool('MaxPool', map, 3, 2);
  for (const name of ['conv32_1', 'conv32_2', 'conv32_3']) map = residual(layers, map, name);
  map = residualDown(layers, map, 'conv64_down');
  for (const name of ['conv64_1', 'conv64_2', 'conv64_3']) map = residual(layers, map, name);
  map = residualDown(layers, map, 'conv128_down');
  for (const name of ['conv128_1', 'conv128_2']) map = residual(layers, map, name);
  map = residualDown(layers, map, 'conv256_down');
  for (const name of ['conv256_1', 'conv256_2']) map = residual(layers, map, name);
  map = residualDown(layers, map, 'conv256_down_out');
  const pooled = graph.node('ReduceMean', [map.value], { axes: [2, 3], keepdims: 0 });
  const embedding = graph.node('MatMul', [pooled, layers.floats('fc')]);
  graph.output('embedding', embedding, 'float32', ['N', 128]);
  return layers.toModel();
}

/** A convolution followed by dlib's affine layer. Without a stride it keeps the size. */
function affineConvolution(layers: Layers, map: FeatureMap, prefix: string, stride = 1): FeatureMap {
  return layers.convolution(map, `${prefix}/conv/filters`, {
    stride,
    padding: stride === 1 ? 'same' : 'valid',
    bias: `${prefix}/conv/bias`,
    affine: `${prefix}/scale`,
  });
}

function residual(layers: Layers, map: FeatureMap, prefix: string): FeatureMap {
  const first = layers.relu(affineConvolution(layers, map, `${prefix}/conv1`));
  return layers.relu(layers.add(affineConvolution(layers, first, `${prefix}/conv2`), map));
}

/**
 * Halves the size. The short cut is an average pooling without weights, so it has fewer channels and may be one pixel
 * larger: dlib fills the missing channels, and the missing last row and column of the main path, with zeros.
 */
function residualDown(layers: Layers, map: FeatureMap, prefix: string): FeatureMap {
  const { graph } = layers;
  const first = layers.relu(affineConvolution(layers, map, `${prefix}/conv1`, 2));
  const main = affineConvolution(layers, first, `${prefix}/conv2`);
  const shortCut = layers.pool('AveragePool', map, 2, 2);
  const missingChannels = main.channels - shortCut.channels;
  const missingPixels = shortCut.size - main.size;
  const wider =
    missingChannels === 0
      ? shortCut.value
      : graph.node('Pad', [shortCut.value, graph.int64s([0, 0, 0, 0, 0, missingChannels, 0, 0])]);
  const larger =
    missingPixels === 0
      ? main.value
      : graph.node('Pad', [main.value, graph.int64s([0, 0, 0, 0, 0, 0, missingPixels, missingPixels])]);
  return layers.relu({
    value: graph.node('Add', [wider, larger]),
    channels: main.channels,
    size: shortCut.size,
  });
}
