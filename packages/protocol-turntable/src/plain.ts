/**
 * Whether bytes are one whole value of plain msgpack: nil, booleans, numbers, text, binary, arrays and
 * maps. Extensions are refused before the library sees them: among its own is one that refers back to
 * earlier values, and so lets a frame of a thousand bytes unfold into a value without end.
 */
export function isPlainMsgpack(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** How many values are still to come in each array or map that is open. */
  const open: number[] = [];
  let left = 1;
  let at = 0;
  for (;;) {
    while (left === 0) {
      const outer = open.pop();
      if (outer === undefined) return at === bytes.length;
      left = outer;
    }
    left--;
    const type = bytes[at];
    if (type === undefined) return false;
    const width = widthOf(type);
    if (width === undefined || at + 1 + width.count > bytes.length) return false;
    const count = countAt(view, at + 1, width.count) ?? width.fixed;
    at += 1 + width.count;
    if (width.of === "values") {
      open.push(left);
      left = count * width.each;
      if (open.length > NESTED_MAX || left > bytes.length - at) return false;
    } else at += count;
    if (at > bytes.length) return false;
  }
}

/** What follows a type byte: `count` bytes that say how many, or `fixed` many, bytes or values. */
type Width = {
  readonly of: "bytes" | "values";
  readonly count: 0 | 1 | 2 | 4;
  readonly fixed: number;
  readonly each: number;
};

function widthOf(type: number): Width | undefined {
  if (type <= 0x7f || type >= 0xe0) return bytesOf(0); // A number in the byte itself.
  if (type <= 0x8f) return { of: "values", count: 0, fixed: type & 15, each: 2 };
  if (type <= 0x9f) return { of: "values", count: 0, fixed: type & 15, each: 1 };
  if (type <= 0xbf) return bytesOf(type & 31);
  return SPECIAL.get(type);
}

const bytesOf = (fixed: number): Width => ({ of: "bytes", count: 0, fixed, each: 1 });
const counted = (of: Width["of"], count: Width["count"], each = 1): Width => {
  return { of, count, fixed: 0, each };
};

const SPECIAL: ReadonlyMap<number, Width> = new Map([
  [0xc0, bytesOf(0)], // nil
  [0xc2, bytesOf(0)], // false
  [0xc3, bytesOf(0)], // true
  [0xc4, counted("bytes", 1)], // binary
  [0xc5, counted("bytes", 2)],
  [0xc6, counted("bytes", 4)],
  [0xca, bytesOf(4)], // floats
  [0xcb, bytesOf(8)],
  [0xcc, bytesOf(1)], // unsigned
  [0xcd, bytesOf(2)],
  [0xce, bytesOf(4)],
  [0xcf, bytesOf(8)],
  [0xd0, bytesOf(1)], // signed
  [0xd1, bytesOf(2)],
  [0xd2, bytesOf(4)],
  [0xd3, bytesOf(8)],
  [0xd9, counted("bytes", 1)], // text
  [0xda, counted("bytes", 2)],
  [0xdb, counted("bytes", 4)],
  [0xdc, counted("values", 2)], // arrays
  [0xdd, counted("values", 4)],
  [0xde, counted("values", 2, 2)], // maps
  [0xdf, counted("values", 4, 2)],
]);

function countAt(view: DataView, at: number, count: Width["count"]): number | undefined {
  switch (count) {
    case 0:
      return undefined;
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at);
    case 4:
      return view.getUint32(at);
  }
}

/** Far beyond what MESSAGE_DEPTH_MAX may be, and far below what a stack can bear. */
const NESTED_MAX = 1_100;
