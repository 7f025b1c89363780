/** As much of msgpack as turntable.v2 speaks: no extension, maps with texts as keys. k6 imports no packages. */

export type Value =
  | undefined
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | { readonly [field: string]: Value };

export function pack(value: Value): Uint8Array {
  const bytes: number[] = [];
  put(bytes, value);
  return Uint8Array.from(bytes);
}

/** Throws when the bytes are not one whole value. */
export function unpack(bytes: ArrayBuffer | Uint8Array): Value {
  const whole = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const reader = new Reader(whole);
  const value = reader.value();
  if (reader.at !== whole.length) throw new Error(`${whole.length - reader.at} bytes too many`);
  return value;
}

function put(to: number[], value: Value): void {
  if (value === undefined || value === null) to.push(0xc0);
  else if (typeof value === "boolean") to.push(value ? 0xc3 : 0xc2);
  else if (typeof value === "number") putNumber(to, value);
  else if (typeof value === "string") putText(to, value);
  else if (isList(value)) {
    putSize(to, value.length, { small: 0x90, smallMax: 15, large: 0xdc });
    for (const item of value) put(to, item);
  } else {
    const fields = Object.entries(value).filter(([, of]) => of !== undefined);
    putSize(to, fields.length, { small: 0x80, smallMax: 15, large: 0xde });
    for (const [name, of] of fields) {
      putText(to, name);
      put(to, of);
    }
  }
}

const isList = (value: object): value is readonly Value[] => Array.isArray(value);

function putNumber(to: number[], value: number): void {
  if (Number.isInteger(value) && value >= 0 && value < 0x80) to.push(value);
  else if (Number.isInteger(value) && value < 0 && value >= -0x20) to.push(value & 0xff);
  else if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) {
    to.push(0xce);
    putUint32(to, value);
  } else {
    to.push(0xcb);
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    for (let index = 0; index < 8; index++) to.push(view.getUint8(index));
  }
}

function putText(to: number[], text: string): void {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length < 32) to.push(0xa0 | bytes.length);
  else {
    to.push(0xdb);
    putUint32(to, bytes.length);
  }
  for (const byte of bytes) to.push(byte);
}

type Sizes = { readonly small: number; readonly smallMax: number; readonly large: number };

function putSize(to: number[], size: number, { small, smallMax, large }: Sizes): void {
  if (size <= smallMax) to.push(small | size);
  else if (size <= 0xffff) to.push(large, size >> 8, size & 0xff);
  else {
    to.push(large + 1);
    putUint32(to, size);
  }
}

function putUint32(to: number[], value: number): void {
  to.push(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): Value {
    const head = this.#uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return this.#map(head & 0x0f);
    if (head < 0xa0) return this.#list(head & 0x0f);
    if (head < 0xc0) return this.#text(head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.#view.getFloat32(this.#step(4));
      case 0xcb:
        return this.#view.getFloat64(this.#step(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(1 << (head - 0xcc));
      case 0xcf:
        return this.#uint(4) * 2 ** 32 + this.#uint(4);
      case 0xd0:
        return this.#view.getInt8(this.#step(1));
      case 0xd1:
        return this.#view.getInt16(this.#step(2));
      case 0xd2:
        return this.#view.getInt32(this.#step(4));
      case 0xd3:
        return this.#view.getInt32(this.#step(4)) * 2 ** 32 + this.#uint(4);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint(1 << (head - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#uint(2 << (head - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(2 << (head - 0xde)));
    }
    throw new Error(`0x${head.toString(16)} is not spoken here`);
  }

  #list(size: number): Value {
    const items: Value[] = [];
    for (let index = 0; index < size; index++) items.push(this.value());
    return items;
  }

  #map(size: number): Value {
    const fields: { [field: string]: Value } = {};
    for (let index = 0; index < size; index++) fields[String(this.value())] = this.value();
    return fields;
  }

  #text(size: number): string {
    const from = this.#step(size);
    // Names and commands are short and plain: cheaper than a decoder for each.
    let text = "";
    for (let index = from; index < from + size; index++) {
      const byte = this.#bytes[index] ?? 0;
      if (byte >= 0x80) return new TextDecoder().decode(this.#bytes.slice(from, from + size));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #uint(size: number): number {
    const from = this.#step(size);
    if (size === 1) return this.#view.getUint8(from);
    return size === 2 ? this.#view.getUint16(from) : this.#view.getUint32(from);
  }

  #step(size: number): number {
    const from = this.at;
    if (from + size > this.#bytes.length) throw new Error("the bytes end too soon");
    this.at += size;
    return from;
  }
}
