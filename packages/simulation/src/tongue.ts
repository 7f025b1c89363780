/** How a simulated client writes and reads its frames: turntable, both versions. */
import { msgpack } from "@roundhouse/ledger";
import { json, type Tongue } from "@roundhouse/testkit";

export const plain: Tongue = json;

/** Version 2: msgpack arrays, requests are numbered. */
export const packed: Tongue = {
  subprotocol: "turntable.v2",
  write: (command, data, request) => {
    return msgpack.encode(request === undefined ? [command, data] : [command, data, request]);
  },
  read: (frame) => {
    const [command, data, request] = msgpack.decode(frame as Uint8Array) as Said;
    return request === undefined ? { command, data } : { command, data, request };
  },
};

type Said = readonly [command: string, data: unknown, request?: number];
