import type { Dimension, OnnxGraph } from './onnx-graph.ts';

/** What happens to a pixel inside the network: `(value - mean) / divisor`, per channel in the order R, G, B. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly divisor: number;
}

export const RAW_PIXELS: Normalisation = { mean: [0, 0, 0], divisor: 1 };

/** The name of every network's only input. */
export const PICTURE_INPUT = 'pixels';

/**
 * The beginning of every network of ours: 8-bit RGB pixels as a camera gives them (uint8, NHWC) become
 * normalised floats, channels first. Inside the graph it costs a fraction of what JavaScript would need, and a frame's
 * memory can be handed over without a copy.
 */
export function pictureInput(
  graph: OnnxGraph,
  shape: readonly [Dimension, Dimension, Dimension],
  normalisation: Normalisation,
): string {
  const [batch, height, width] = shape;
  const pixels = graph.input(PICTURE_INPUT, 'uint8', [batch, height, width, 3]);
  // transposing bytes moves a quarter of what transposing floats would
  const planar = graph.node('Transpose', [pixels], { perm: [0, 3, 1, 2] });
  return normalise(graph, graph.node('Cast', [planar], { to: 1 }), normalisation);
}

function normalise(graph: OnnxGraph, pixels: string, { mean, divisor }: Normalisation): string {
  let value = pixels;
  if (mean.some((channel) => channel !== 0)) {
    value = graph.node('Sub', [value, graph.floats(mean, [3, 1, 1])]);
  }
  return divisor === 1 ? value : graph.node('Div', [value, graph.scalar(divisor)]);
}
