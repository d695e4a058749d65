import { pictureInput } from '../preprocessing.ts';
import type { Weight } from '../tfjs-weights.ts';
import { Layers, type FeatureMap } from './layers.ts';

const BATCH_NORM_EPSILON = 0.001;
const DOWNSAMPLING_BLOCKS: readonly number[] = [2, 4, 6, 12];
/** How the box encoding was scaled in training (TensorFlow object detection, "faster_rcnn_box_coder"). */
const CENTRE_SCALE = 10;
const SIZE_SCALE = 5;
/** The manifest also lists constants of the original pre- and post-processing, such as the picture's size. */
const LEARNT = /(weights|biases|offset|BatchNorm\/\w+)$/;

/**
 * face-api's SSD MobileNetV1 face detector: a 512×512 picture gives 5,118 boxes (top, left, bottom, right as fractions)
 * and their scores between 0 and 1. The decoding of boxes against their anchors is part of the network.
 */
export function ssdMobilenetV1(weights: ReadonlyMap<string, Weight>): Uint8Array {
  const layers = new Layers('ssd-mobilenetv1', weights);
  const { graph } = layers;
  const pixels = pictureInput(graph, [1, 512, 512], { mean: [127.5, 127.5, 127.5], divisor: 127.5 });
  const features = featureMaps(layers, { value: pixels, channels: 3, size: 512 });
  const boxes: string[] = [];
  const classes: string[] = [];
  features.forEach((map, index) => {
    const prefix = `Prediction/BoxPredictor_${index}`;
    boxes.push(prediction(layers, map, `${prefix}/BoxEncodingPredictor`, 4));
    classes.push(prediction(layers, map, `${prefix}/ClassPredictor`, 3));
  });
  const encoded = graph.node('Concat', boxes, { axis: 1 });
  const anchors = layers.weight('Output/extra_dim');
  const count = anchors.data.length / 4;
  graph.output('boxes', decodedBoxes(layers, encoded, anchors.data), 'float32', [1, count, 4]);
  const logit = slice(layers, graph.node('Concat', classes, { axis: 1 }), 1, 2); // class 1 is the face
  const scores = graph.node('Squeeze', [graph.node('Sigmoid', [logit]), graph.int64s([2])]);
  graph.output('scores', scores, 'float32', [1, count]);
  return layers.toModel((name) => !LEARNT.test(name));
}

/** MobileNet, and behind it four more scales; gives the six maps on which boxes are predicted. */
function featureMaps(layers: Layers, pixels: FeatureMap): FeatureMap[] {
  let map = pointwise(layers, pixels, 'MobilenetV1/Conv2d_0_pointwise', 2);
  const features: FeatureMap[] = [];
  for (let block = 1; block <= 13; block++) {
    const prefix = `MobilenetV1/Conv2d_${block}`;
    const stride = DOWNSAMPLING_BLOCKS.includes(block) ? 2 : 1;
    const filtered = layers.depthwise(map, `${prefix}_depthwise/depthwise_weights`, stride);
    map = layers.relu6(batchNorm(layers, filtered, `${prefix}_depthwise/BatchNorm`));
    map = pointwise(layers, map, `${prefix}_pointwise`);
    if (block === 11) features.push(map);
  }
  features.push(map);
  for (let step = 0; step < 8; step++) {
    map = pointwise(layers, map, `Prediction/Conv2d_${step}_pointwise`, step % 2 === 0 ? 1 : 2);
    if (step % 2 === 1) features.push(map);
  }
  return features;
}

function pointwise(layers: Layers, map: FeatureMap, prefix: string, stride = 1): FeatureMap {
  const bias = `${prefix}/convolution_bn_offset`;
  return layers.relu6(layers.convolution(map, `${prefix}/weights`, { stride, padding: 'same', bias }));
}

function batchNorm(layers: Layers, map: FeatureMap, prefix: string): FeatureMap {
  const names = ['gamma', 'beta', 'moving_mean', 'moving_variance'];
  const inputs = [map.value, ...names.map((name) => layers.floats(`${prefix}/${name}`))];
  const value = layers.graph.node('BatchNormalization', inputs, { epsilon: { float: BATCH_NORM_EPSILON } });
  return { ...map, value };
}

/** A predictor's map as rows of `width` numbers, in TensorFlow's order (row, column, anchor). */
function prediction(layers: Layers, map: FeatureMap, prefix: string, width: number): string {
  const { graph } = layers;
  const predicted = layers.convolution(map, `${prefix}/weights`, { bias: `${prefix}/biases` });
  const channelsLast = graph.node('Transpose', [predicted.value], { perm: [0, 2, 3, 1] });
  return graph.node('Reshape', [channelsLast, graph.int64s([1, -1, width])]);
}

function decodedBoxes(layers: Layers, encoded: string, anchors: Float32Array): string {
  const { graph } = layers;
  const count = anchors.length / 4;
  const sizes: number[] = [];
  const centres: number[] = [];
  for (let anchor = 0; anchor < count; anchor++) {
    const [top, left, bottom, right] = anchors.subarray(anchor * 4, anchor * 4 + 4) as unknown as Box;
    sizes.push(bottom - top, right - left);
    centres.push(top + (bottom - top) / 2, left + (right - left) / 2);
  }
  const size = graph.floats(sizes, [1, count, 2]);
  const offset = graph.node('Div', [slice(layers, encoded, 0, 2), graph.scalar(CENTRE_SCALE)]);
  const centre = graph.node('Add', [graph.node('Mul', [offset, size]), graph.floats(centres, [1, count, 2])]);
  const growth = graph.node('Div', [slice(layers, encoded, 2, 4), graph.scalar(SIZE_SCALE)]);
  const half = graph.node('Div', [graph.node('Mul', [graph.node('Exp', [growth]), size]), graph.scalar(2)]);
  const corners = [graph.node('Sub', [centre, half]), graph.node('Add', [centre, half])];
  return graph.node('Concat', corners, { axis: 2 });
}

type Box = readonly [top: number, left: number, bottom: number, right: number];

function slice({ graph }: Layers, value: string, from: number, to: number): string {
  return graph.node('Slice', [value, graph.int64s([from]), graph.int64s([to]), graph.int64s([2])]);
}
