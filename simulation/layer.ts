/** A patch of the picture that something is drawn on before it joins the frame: RGBA, premultiplied by coverage. */
export interface Layer {
  readonly rgba: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** Where the patch lies in the frame and how far it reaches; everything outside is clipped. */
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function createLayer(width: number, height: number): Layer {
  return {
    rgba: new Uint8ClampedArray(width * height * 4),
    width,
    height,
    left: 0,
    top: 0,
    right: 0,
    bottom: 0,
  };
}

/** Empties the part of the layer between these frame coordinates and clips everything to it. */
export function openLayer(layer: Layer, left: number, top: number, right: number, bottom: number): void {
  layer.left = Math.max(0, Math.floor(left));
  layer.top = Math.max(0, Math.floor(top));
  layer.right = Math.min(layer.width, Math.ceil(right));
  layer.bottom = Math.min(layer.height, Math.ceil(bottom));
  for (let y = layer.top; y < layer.bottom; y++) {
    layer.rgba.fill(
      0,
      (y * layer.width + layer.left) * 4,
      (y * layer.width + Math.max(layer.left, layer.right)) * 4,
    );
  }
}

/** Lays a colour with coverage 0..1 over what is there. */
export function lay(
  layer: Layer,
  at: number,
  red: number,
  green: number,
  blue: number,
  coverage: number,
): void {
  const { rgba } = layer;
  const keep = 1 - coverage;
  rgba[at] = rgba[at]! * keep + red * coverage;
  rgba[at + 1] = rgba[at + 1]! * keep + green * coverage;
  rgba[at + 2] = rgba[at + 2]! * keep + blue * coverage;
  rgba[at + 3] = rgba[at + 3]! * keep + 255 * coverage;
}

/** Smears the layer downwards over so many pixels, as a shutter does that stays open while the body comes nearer. */
export function smearDown(layer: Layer, pixels: number): void {
  const count = Math.round(pixels);
  if (count < 2) return;
  const { rgba, width } = layer;
  const stride = width * 4;
  const ring = new Uint8ClampedArray(count * 4);
  for (let x = layer.left; x < layer.right; x++) {
    let r = 0;
    let g = 0;
    let b = 0;
    let a = 0;
    ring.fill(0);
    let slot = 0;
    for (let at = layer.top * stride + x * 4, y = layer.top; y < layer.bottom; y++, at += stride) {
      r += rgba[at]! - ring[slot]!;
      g += rgba[at + 1]! - ring[slot + 1]!;
      b += rgba[at + 2]! - ring[slot + 2]!;
      a += rgba[at + 3]! - ring[slot + 3]!;
      ring[slot] = rgba[at]!;
      ring[slot + 1] = rgba[at + 1]!;
      ring[slot + 2] = rgba[at + 2]!;
      ring[slot + 3] = rgba[at + 3]!;
      slot = (slot + 4) % (count * 4);
      rgba[at] = r / count;
      rgba[at + 1] = g / count;
      rgba[at + 2] = b / count;
      rgba[at + 3] = a / count;
    }
  }
}
