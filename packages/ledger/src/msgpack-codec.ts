/** Plain values as msgpack: compact, quick, and whatever a later version adds to an object is kept. */
import { Packr } from "msgpackr";

/** Objects travel as maps: what an older or newer node wrote can be read without its structures. */
const packr = new Packr({ useRecords: false, variableMapSize: true, mapsAsObjects: true });

export const msgpack = {
  encode: (value: unknown): Uint8Array => packr.pack(value),
  decode: (bytes: Uint8Array): unknown => packr.unpack(bytes),
  decodeAll: (bytes: Uint8Array): readonly unknown[] => {
    return bytes.length === 0 ? [] : ((packr.unpackMultiple(bytes) as unknown[] | undefined) ?? []);
  },
};
