/** Where one dimension of a convolution or pooling ends up. */
export interface Extent {
  readonly output: number;
  readonly padBefore: number;
  readonly padAfter: number;
}

/**
 * TensorFlow's SAME padding of one dimension. With stride 2 it depends on the size and is asymmetric: the odd pixel goes
 * after, never before. ONNX's explicit pads say it exactly; its auto_pad only agrees by luck of the runtime.
 * Source: TensorFlow, "Notes on padding" (https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2).
 */
export function samePadding(input: number, kernel: number, stride: number): Extent {
  const output = Math.ceil(input / stride);
  const total = Math.max(0, (output - 1) * stride + kernel - input);
  const padBefore = Math.floor(total / 2);
  return { output, padBefore, padAfter: total - padBefore };
}

/** TensorFlow's VALID padding: none, and the last pixels that fill no window are left out. */
export function validPadding(input: number, kernel: number, stride: number): Extent {
  return { output: Math.floor((input - kernel) / stride) + 1, padBefore: 0, padAfter: 0 };
}
