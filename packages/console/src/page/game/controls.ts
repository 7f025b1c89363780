/** Hands on the levers: keys, buttons and fingers, all ending in the same few calls. */

import { STEP_DEGREES } from "./motion.ts";
import { TABLE_RADIUS, TRACK_COUNT } from "./place.ts";
import type { Stage } from "./stage.ts";

type Controls = {
  readonly board: HTMLElement;
  readonly pads: HTMLElement;
  readonly stage: Stage;
  readonly whistle: () => void;
  readonly isActive: () => boolean;
};

type Deed = "forward" | "back" | "left" | "right" | "whistle";

export function openControls({ board, pads, stage, whistle, isActive }: Controls): void {
  const held = new Map<Deed, number>(); // And when it was pressed.

  function pull(): void {
    const sign = (plus: Deed, minus: Deed): -1 | 0 | 1 =>
      held.has(plus) === held.has(minus) ? 0 : held.has(plus) ? 1 : -1;
    stage.drive(sign("forward", "back"));
    stage.turn(sign("right", "left"));
  }
  function press(deed: Deed): void {
    if (deed === "whistle") return whistle();
    held.set(deed, performance.now());
    pull();
  }
  /** However short the press, it is a push: a tap on a phone lasts no longer than a frame. */
  function release(deed: Deed): void {
    const pressedAt = held.get(deed);
    if (pressedAt === undefined) return;
    const drop = (): void => {
      if (held.get(deed) === pressedAt && held.delete(deed)) pull();
    };
    const rest = PUSH_MS_MIN - (performance.now() - pressedAt);
    if (rest > 0) setTimeout(drop, rest);
    else drop();
  }
  function releaseAll(): void {
    held.clear();
    stage.drag(undefined);
    pull();
  }

  document.addEventListener("keydown", (event) => {
    const deed = KEYS[event.code];
    if (deed === undefined || !isActive() || !isOurs(event, board)) return;
    if (event.code === "Space" && document.activeElement !== board) return; // Space presses buttons.
    event.preventDefault();
    if (!event.repeat) press(deed);
  });
  document.addEventListener("keyup", ({ code }) => {
    const deed = KEYS[code];
    if (deed !== undefined) release(deed);
  });
  addEventListener("blur", releaseAll);
  document.addEventListener("visibilitychange", releaseAll);

  pads.addEventListener("contextmenu", (event) => event.preventDefault());
  for (const pad of pads.querySelectorAll<HTMLElement>("[data-deed]")) {
    const deed = deedOf(pad.dataset["deed"]);
    if (deed === undefined) continue;
    pad.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      pad.setPointerCapture(event.pointerId);
      press(deed);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      pad.addEventListener(end, () => release(deed));
    }
    // Enter, Space and screen readers click without a pointer.
    pad.addEventListener("click", ({ detail }) => {
      if (detail !== 0) return;
      press(deed);
      release(deed);
    });
  }

  openTouch(board, stage, isActive);
}

/** On the board itself: pull one's own engine along, or tap a track to call the bridge there. */
function openTouch(board: HTMLElement, stage: Stage, isActive: () => boolean): void {
  let dragging = false;
  const onOwnEngine = (event: PointerEvent | Touch): boolean => {
    const mine = board.querySelector(".engine.mine")?.getBoundingClientRect();
    if (mine === undefined || !isActive()) return false;
    const x = Math.max(0, Math.abs(event.clientX - mine.left - mine.width / 2) - mine.width / 2);
    const y = Math.max(0, Math.abs(event.clientY - mine.top - mine.height / 2) - mine.height / 2);
    return Math.hypot(x, y) < FINGER_PX;
  };
  // A finger elsewhere on the board scrolls the page, as a finger should.
  const keep = (event: TouchEvent): void => {
    const [touch] = event.touches;
    if (touch !== undefined && (dragging || onOwnEngine(touch))) event.preventDefault();
  };
  board.addEventListener("touchstart", keep, { passive: false });

  board.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !onOwnEngine(event)) return;
    dragging = true;
    board.setPointerCapture(event.pointerId);
    stage.drag(stage.pointOf(event));
  });
  board.addEventListener("pointermove", (event) => {
    if (dragging) stage.drag(stage.pointOf(event));
  });
  for (const end of ["pointerup", "pointercancel"] as const) {
    board.addEventListener(end, (event) => {
      if (dragging) stage.drag(undefined);
      else if (end === "pointerup" && isActive()) callBridge(stage, event);
      dragging = false;
    });
  }
}

function callBridge(stage: Stage, event: PointerEvent): void {
  const { x, y } = stage.pointOf(event);
  const reach = Math.hypot(x, y);
  if (reach < TABLE_RADIUS + 0.04 || reach > 1.1) return;
  const degrees = (Math.atan2(x, -y) * 180) / Math.PI + 360;
  stage.turnTo(Math.round(degrees / STEP_DEGREES) % TRACK_COUNT);
}

/** Keys belong to the game unless somebody writes, chooses or scrolls elsewhere. */
function isOurs(event: KeyboardEvent, board: HTMLElement): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  const focus = document.activeElement;
  if (focus === null || focus === document.body || focus === board) return true;
  return focus instanceof HTMLButtonElement && focus.closest("#pads") !== null;
}

const PUSH_MS_MIN = 250;
const FINGER_PX = 18;

const KEYS: Readonly<Record<string, Deed>> = {
  ArrowUp: "forward",
  KeyW: "forward",
  ArrowDown: "back",
  KeyS: "back",
  ArrowLeft: "left",
  KeyA: "left",
  ArrowRight: "right",
  KeyD: "right",
  Space: "whistle",
};

const deedOf = (name: string | undefined): Deed | undefined =>
  (["forward", "back", "left", "right", "whistle"] as const).find((deed) => deed === name);
