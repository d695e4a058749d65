import * as tf from '@tensorflow/tfjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { startTensorFlow } from '../tensorflow-reference.ts';
import { convertMxnet } from './mxnet.ts';

const SIZE = 8;
const wave = (count: number, from: number): number[] =>
  Array.from({ length: count }, (_, index) => Math.sin(from + index * 1.7) * 0.5);
const spread = (count: number): number[] => wave(count, 3).map((value) => value + 1);

const ARRAYS: readonly (readonly [name: string, shape: readonly number[], values: readonly number[]])[] = [
  ['arg:depth_weight', [3, 1, 3, 3], wave(27, 0)],
  ['arg:bn_gamma', [3], spread(3)],
  ['arg:bn_beta', [3], wave(3, 1)],
  ['aux:bn_mean', [3], wave(3, 2)],
  ['aux:bn_var', [3], spread(3)],
  ['arg:point_weight', [3, 3, 1, 1], wave(9, 4)],
  ['arg:point_bias', [3], wave(3, 5)],
  ['arg:fc_weight', [5, 48], wave(240, 6)],
];

const variable = (name: string) => ({ op: 'null', name, inputs: [] });
const NODES = [
  variable('data'),
  { op: '_minus_scalar', name: 'minus', attrs: { scalar: '127.5' }, inputs: [[0, 0, 0]] },
  { op: '_mul_scalar', name: 'mul', attrs: { scalar: '0.0078125' }, inputs: [[1, 0, 0]] },
  variable('depth_weight'),
  {
    op: 'Convolution',
    name: 'depth',
    attrs: { kernel: '(3, 3)', pad: '(1, 1)', stride: '(2, 2)', num_group: '3', no_bias: 'True' },
    inputs: [
      [2, 0, 0],
      [3, 0, 0],
    ],
  },
  ...['bn_gamma', 'bn_beta', 'bn_mean', 'bn_var'].map(variable),
  {
    op: 'BatchNorm',
    name: 'bn',
    attrs: { fix_gamma: 'False' },
    inputs: [
      [4, 0, 0],
      [5, 0, 0],
      [6, 0, 0],
      [7, 0, 1],
      [8, 0, 1],
    ],
  },
  { op: '_maximum_scalar', name: 'max', attrs: { scalar: '0' }, inputs: [[9, 0, 0]] },
  { op: '_minimum_scalar', name: 'min', attrs: { scalar: '6' }, inputs: [[10, 0, 0]] },
  variable('point_weight'),
  variable('point_bias'),
  {
    op: 'Convolution',
    name: 'point',
    attrs: { kernel: '(1, 1)' },
    inputs: [
      [11, 0, 0],
      [12, 0, 0],
      [13, 0, 0],
    ],
  },
  {
    op: 'elemwise_add',
    name: 'add',
    inputs: [
      [14, 0, 0],
      [11, 0, 0],
    ],
  },
  { op: 'Flatten', name: 'flat', inputs: [[15, 0, 0]] },
  variable('fc_weight'),
  {
    op: 'FullyConnected',
    name: 'fc',
    attrs: { no_bias: 'True' },
    inputs: [
      [16, 0, 0],
      [17, 0, 0],
    ],
  },
];

const conversion = { name: 'small', height: SIZE, width: SIZE, output: { name: 'embedding', size: 5 } };

describe('a network that MXNet saved', () => {
  it('computes what the same layers compute in TensorFlow.js', async () => {
    const pixels = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, index) => (index * 37) % 256);
    const symbol = JSON.stringify({ nodes: NODES, heads: [[18, 0, 0]] });
    const session = await InferenceSession.create(convertMxnet(symbol, paramsFile(), conversion));
    const { embedding } = await session.run({ pixels: new Tensor('uint8', pixels, [1, SIZE, SIZE, 3]) });
    await startTensorFlow();
    const expected = await reference(pixels).data();
    expect(embedding?.dims).toEqual([1, 5]);
    const found = embedding?.data;
    if (!(found instanceof Float32Array)) throw new Error('no floats');
    expected.forEach((value, index) => expect(found[index]).toBeCloseTo(value, 5));
  });

  it('says which operator it does not understand', () => {
    const nodes = [variable('data'), { op: 'SoftmaxOutput', name: 'softmax', inputs: [[0, 0, 0]] }];
    const symbol = JSON.stringify({ nodes, heads: [[1, 0, 0]] });
    expect(() => convertMxnet(symbol, paramsFile(), conversion)).toThrow(
      /operator SoftmaxOutput \(node softmax\)/,
    );
  });
});

function reference(pixels: Uint8Array): tf.Tensor {
  const [depth, gamma, beta, mean, variance, point, bias, fc] = ARRAYS.map(([, shape, values]) =>
    tf.tensor([...values], [...shape]),
  ) as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor, tf.Tensor, tf.Tensor2D];
  const input = tf.tensor4d(Float32Array.from(pixels), [1, SIZE, SIZE, 3]);
  const scaled = input.sub<tf.Tensor4D>(127.5).mul<tf.Tensor4D>(0.0078125);
  const padded = tf.pad(scaled, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const perChannel = tf.depthwiseConv2d(padded, tf.transpose(depth, [2, 3, 0, 1]) as tf.Tensor4D, 2, 'valid');
  const normal = tf.batchNorm(perChannel, mean, variance, beta, gamma, 1e-3);
  const clipped = tf.clipByValue(normal, 0, 6);
  const mixed = tf.conv2d(clipped, tf.transpose(point, [2, 3, 1, 0]) as tf.Tensor4D, 1, 'valid').add(bias);
  const channelsFirst = tf.transpose(mixed.add(clipped), [0, 3, 1, 2]).reshape<tf.Tensor2D>([1, 48]);
  return tf.matMul(channelsFirst, fc, false, true);
}

/** The layout of NDArray lists as MXNet writes them. */
function paramsFile(): Uint8Array {
  const uint32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
  const uint64 = (value: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
  const arrays = ARRAYS.map(([, shape, values]) =>
    Buffer.concat([
      uint32(0xf993fac9),
      uint32(0),
      uint32(shape.length),
      ...shape.map(uint64),
      uint64(1),
      uint32(0),
      Buffer.from(Float32Array.from(values).buffer),
    ]),
  );
  const names = ARRAYS.map(([name]) => Buffer.concat([uint64(name.length), Buffer.from(name)]));
  return Buffer.concat([
    uint64(0x112),
    uint64(0),
    uint64(arrays.length),
    ...arrays,
    uint64(names.length),
    ...names,
  ]);
}
