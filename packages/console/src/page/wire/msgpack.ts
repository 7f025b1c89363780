/** The msgpack that turntable version 2 speaks, as far as JSON has the same: no binary, no extensions. */

const utf8 = { write: new TextEncoder(), read: new TextDecoder() };

export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  write(bytes, value);
  return Uint8Array.from(bytes);
}

function write(bytes: number[], value: unknown): void {
  if (value === null || value === undefined) bytes.push(0xc0);
  else if (typeof value === "boolean") bytes.push(value ? 0xc3 : 0xc2);
  else if (typeof value === "number") writeNumber(bytes, value);
  else if (typeof value === "string") writeText(bytes, value);
  else if (Array.isArray(value)) {
    writeHead(bytes, value.length, { short: 0x90, most: 15, wide: 0xdc });
    for (const item of value) write(bytes, item);
  } else {
    const entries = Object.entries(value).filter(([, it]) => it !== undefined);
    writeHead(bytes, entries.length, { short: 0x80, most: 15, wide: 0xde });
    for (const entry of entries) for (const part of entry) write(bytes, part);
  }
}

function writeNumber(bytes: number[], value: number): void {
  if (Number.isInteger(value) && value >= 0 && value < 128) bytes.push(value);
  else if (Number.isInteger(value) && value < 0 && value >= -32) bytes.push(value & 0xff);
  else {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    bytes.push(0xcb, ...new Uint8Array(view.buffer));
  }
}

function writeText(bytes: number[], text: string): void {
  const encoded = utf8.write.encode(text);
  writeHead(bytes, encoded.length, { short: 0xa0, most: 31, wide: 0xda });
  for (const byte of encoded) bytes.push(byte);
}

type Head = { readonly short: number; readonly most: number; readonly wide: number };

/** How many follow: in the first byte, in two more, or in four. */
function writeHead(bytes: number[], count: number, { short, most, wide }: Head): void {
  if (count <= most) bytes.push(short | count);
  else if (count < 65_536) bytes.push(wide, count >> 8, count & 0xff);
  else bytes.push(wide + 1, count >>> 24, (count >> 16) & 0xff, (count >> 8) & 0xff, count & 0xff);
}

/** Undefined for what is no whole value, or holds what JSON does not know. */
export function unpack(bytes: Uint8Array): unknown {
  try {
    const reader = new Reader(bytes);
    const value = reader.value();
    return reader.isAtEnd ? value : undefined;
  } catch {
    return undefined; // Its end came too early.
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(): unknown {
    const type = this.#unsigned(1);
    if (type < 0x80) return type;
    if (type < 0x90) return this.#map(type & 15);
    if (type < 0xa0) return this.#list(type & 15);
    if (type < 0xc0) return this.#text(type & 31);
    if (type >= 0xe0) return type - 0x100;
    if (type >= 0xcc && type <= 0xcf) return this.#unsigned(2 ** (type - 0xcc));
    if (type >= 0xd0 && type <= 0xd3) return this.#signed(2 ** (type - 0xd0));
    if (type >= 0xd9 && type <= 0xdb) return this.#text(this.#unsigned(2 ** (type - 0xd9)));
    if (type === 0xdc || type === 0xdd) return this.#list(this.#unsigned(type === 0xdc ? 2 : 4));
    if (type === 0xde || type === 0xdf) return this.#map(this.#unsigned(type === 0xde ? 2 : 4));
    if (type === 0xca) return this.#view.getFloat32(this.#skip(4));
    if (type === 0xcb) return this.#view.getFloat64(this.#skip(8));
    if (type === 0xc2 || type === 0xc3) return type === 0xc3;
    if (type === 0xc0) return null;
    throw new RangeError("Not a value that JSON knows");
  }

  #list(count: number): readonly unknown[] {
    const list: unknown[] = [];
    for (let left = count; left > 0; left--) list.push(this.value());
    return list;
  }

  /** As JSON.parse makes one: a user may be called __proto__. */
  #map(count: number): object {
    const entries: [string, unknown][] = [];
    for (let left = count; left > 0; left--) entries.push([String(this.value()), this.value()]);
    return Object.fromEntries(entries);
  }

  #text(length: number): string {
    const from = this.#skip(length);
    return utf8.read.decode(this.#bytes.subarray(from, from + length));
  }

  #unsigned(width: number): number {
    const from = this.#skip(width);
    return this.#bytes.subarray(from, from + width).reduce((value, byte) => value * 256 + byte, 0);
  }

  #signed(width: number): number {
    const value = this.#unsigned(width);
    return value < 2 ** (width * 8 - 1) ? value : value - 2 ** (width * 8);
  }

  /** Where the next bytes begin. */
  #skip(width: number): number {
    const from = this.#at;
    this.#at += width;
    if (this.#at > this.#bytes.length) throw new RangeError("Its end came too early");
    return from;
  }
}
