/** Makes SVG elements, and points on the board: 1 radius is 500 units, angles clockwise from the top. */

const SPACE = "http://www.w3.org/2000/svg";
export const UNITS = 500;
export type Point = { readonly x: number; readonly y: number };

type Attributes = Readonly<Record<string, string | number>>;

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly SVGElement[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

export function pointAt(degrees: number, reach: number): Point {
  const radians = (degrees * Math.PI) / 180;
  return { x: Math.sin(radians) * reach * UNITS, y: -Math.cos(radians) * reach * UNITS };
}

/** `x y` with a tenth of a unit, for paths. */
export function at(degrees: number, reach: number): string {
  const { x, y } = pointAt(degrees, reach);
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
