/** An engine from above, its nose towards +x, its middle at 0: the paint comes from CSS. */
import { paintOf, shortName } from "./paint.ts";
import { svg } from "./svg.ts";

export type EngineShape = { readonly body: SVGGElement; readonly name: SVGGElement };

export function engineShape(name: string, mine: boolean): EngineShape {
  const body = svg("g", { class: mine ? "engine mine" : "engine", "data-engine": name });
  body.style.setProperty("--paint", paintOf(name));
  body.append(
    svg("path", { class: "beam-of-light", d: "M46 -6L150 -44V44L46 6Z" }),
    svg("rect", { class: "shadow", x: -45, y: -17, width: 94, height: 44, rx: 9 }),
    svg("rect", { class: "frame", x: -47, y: -21, width: 92, height: 42, rx: 6 }),
    svg("rect", { class: "bumper", x: 42, y: -20, width: 6, height: 40, rx: 2 }),
    svg("rect", { class: "bumper", x: -49, y: -18, width: 5, height: 36, rx: 2 }),
    svg("rect", { class: "boiler", x: -22, y: -15, width: 62, height: 30, rx: 13 }),
    svg("rect", { class: "shine", x: -16, y: -10, width: 48, height: 6, rx: 3 }),
    svg("path", { class: "bands", d: "M-8 -15V15M20 -15V15" }),
    svg("rect", { class: "coal", x: -46, y: -14, width: 12, height: 28, rx: 3 }),
    svg("rect", { class: "cab", x: -36, y: -20, width: 26, height: 40, rx: 5 }),
    svg("path", { class: "shine", d: "M-30 -15H-16V-11H-30Z" }),
    svg("circle", { class: "dome", cx: 6, r: 6 }),
    svg("circle", { class: "chimney", cx: 29, r: 8 }),
    svg("circle", { class: "flue", cx: 29, r: 4 }),
    svg("circle", { class: "headlight", cx: 46, r: 4 }),
  );
  const label = svg("text", { class: "engine-name", y: -44 });
  label.textContent = shortName(name);
  const toot = svg("text", { class: "toot", y: -84 });
  toot.textContent = "toot!";
  return { body, name: svg("g", { class: mine ? "label mine" : "label" }, label, toot) };
}
