import { describe, expect, it } from 'vitest';
import { RAW_PIXELS } from './preprocessing.ts';
import { convertTfjsGraph, type TfjsModel } from './tfjs-graph.ts';

const picture = {
  name: 'in',
  op: 'Placeholder',
  attr: {
    dtype: { type: 'DT_FLOAT' },
    shape: { shape: { dim: [{ size: '-1' }, { size: '4' }, { size: '4' }, { size: '3' }] } },
  },
};

describe('a TensorFlow.js graph that can not be converted', () => {
  it.each([
    [
      'an operator without a rule',
      { name: 'fft/run', op: 'FFT', input: ['in'] },
      /operator FFT at node fft\/run: there is no rule/,
    ],
    [
      'an operator with an unknown padding',
      {
        name: 'pool',
        op: 'MaxPool',
        input: ['in'],
        attr: {
          ksize: { list: { i: ['1', '2', '2', '1'] } },
          strides: { list: { i: ['1', '2', '2', '1'] } },
          padding: { s: Buffer.from('EXPLICIT').toString('base64') },
        },
      },
      /operator MaxPool at node pool: the padding EXPLICIT/,
    ],
  ])('%s is named with its node', (_what, node, message) => {
    const model: TfjsModel = { modelTopology: { node: [picture, node] }, weightsManifest: [] };
    const conversion = {
      name: 'x',
      outputs: { out: node.name },
      normalisation: RAW_PIXELS,
      freeBatch: false,
    };
    expect(() => convertTfjsGraph(model, new Uint8Array(), conversion)).toThrow(message);
  });
});
