/** What a protocol is: the port. */
export type {
  AnyProtocol,
  Asked,
  Bounds,
  Carrier,
  Frame,
  Input,
  Output,
  Protocol,
  Step,
} from "./protocol.ts";
