/**
 * Clears a canvas and makes its units metres of the plan, as sharp as the screen is.
 * @returns nothing to draw on where the browser gives no context
 */
export function metresCanvas(
  canvas: HTMLCanvasElement,
  scale: number,
  plan: { readonly widthMetres: number; readonly heightMetres: number },
): CanvasRenderingContext2D | undefined {
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  const pixels = scale * devicePixelRatio;
  const width = Math.max(1, Math.round(plan.widthMetres * pixels));
  const height = Math.max(1, Math.round(plan.heightMetres * pixels));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(pixels, 0, 0, pixels, 0, 0);
  return context;
}

/** A colour of the page as the canvas understands it: tokens of both modes are known to elements only. */
export function colourOf(token: string, within: HTMLElement): string {
  const probe = document.createElement('i');
  probe.style.setProperty('color', `var(--${token})`);
  within.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
