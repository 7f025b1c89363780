/** What is counted. Each name is roundhouse_… here and k6_roundhouse_… in Prometheus. */
import { Counter, Rate, Trend } from "k6/metrics";

const counter = (name: string): Counter => new Counter(`roundhouse_${name}`);
const trend = (name: string): Trend => new Trend(`roundhouse_${name}`, true);

/** Connections whose name was taken; crowds that came to the end of their verification. */
export const clients = counter("clients");
export const finished = counter("finished");

export const said = counter("said");
/** Actions that were heard and judged, one by one. */
export const heard = counter("heard");
export const ownBack = counter("own_back");
export const intact = new Rate("roundhouse_intact");
export const lost = counter("lost");
export const doubled = counter("doubled");
export const reordered = counter("reordered");

/** What the server would not do, and what could not be read. */
export const refused = counter("refused");
/** Sockets that the server or the network closed. */
export const closed = counter("closed");
export const resumed = counter("resumed");
export const seatsLost = counter("seats_lost");
export const gaps = counter("gaps");

export const presenceChecked = counter("presence_checked");
export const presenceWrong = counter("presence_wrong");
export const routed = counter("routed");
export const misrouted = counter("misrouted");

/** What must not be. Counted as 0 at the beginning, so that a dashboard shows that nothing was wrong. */
export const wrongs: readonly Counter[] = [
  lost,
  doubled,
  reordered,
  refused,
  closed,
  seatsLost,
  gaps,
  presenceWrong,
  misrouted,
];

/** From connecting to having a name; from speaking to hearing oneself, and others. */
export const connectMs = trend("connect_ms");
export const answerMs = trend("answer_ms");
export const deliveryMs = trend("delivery_ms");
/** From a change to somebody who watches being told. */
export const presenceMs = trend("presence_ms");
/** From losing a connection to having the session again. */
export const backMs = trend("back_ms");
