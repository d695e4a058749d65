import type { GraphTensor, Layouts } from '../layout.ts';

/** An attribute of a TensorFlow.js graph node, as JSON writes it (64-bit integers are strings, bytes are base64). */
export interface TfAttribute {
  readonly s?: string;
  readonly i?: string | number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: string | number;
  readonly list?: { readonly i?: readonly (string | number)[]; readonly s?: readonly string[] };
  readonly shape?: { readonly dim?: readonly { readonly size?: string | number }[] };
}

export interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, TfAttribute>>;
}

export interface OperatorContext {
  readonly layouts: Layouts;
  /** The batch size is free: axis 0 of every picture-like tensor, counted as 1 in shapes, may be larger at run time. */
  readonly freeBatch: boolean;
}

/** Writes the ONNX nodes for one TensorFlow node; gives its outputs. Errors are completed with the node's name. */
export type Operator = (
  context: OperatorContext,
  node: TfNode,
  inputs: readonly GraphTensor[],
) => GraphTensor | GraphTensor[];

export type OperatorTable = Readonly<Record<string, Operator>>;

export function integerAttribute(node: TfNode, name: string, absent = 0): number {
  return Number(node.attr?.[name]?.i ?? absent);
}

export function integersAttribute(node: TfNode, name: string): number[] {
  return (node.attr?.[name]?.list?.i ?? []).map(Number);
}

export function booleanAttribute(node: TfNode, name: string): boolean {
  return node.attr?.[name]?.b ?? false;
}

export function textAttribute(node: TfNode, name: string): string {
  return decodeText(node.attr?.[name]?.s ?? '');
}

export function textsAttribute(node: TfNode, name: string): string[] {
  return (node.attr?.[name]?.list?.s ?? []).map(decodeText);
}

/** The n-th input; an absent one is an error of the graph. */
export function inputAt(inputs: readonly GraphTensor[], index: number): GraphTensor {
  const input = inputs[index];
  if (!input) throw new Error(`input ${index} is missing`);
  return input;
}

function decodeText(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
