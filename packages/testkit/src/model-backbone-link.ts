/**
 * One node's way to the model, with everything that may go wrong on it: questions and answers get
 * lost or late, frames are lost, doubled and late, the way is cut, the backbone itself stands still
 * or is away. All chance comes from the dice that are handed in.
 */
import type { Millis } from "@roundhouse/kernel";
import type {
  Answered,
  Append,
  Appended,
  Backbone,
  Card,
  Committed,
  Entry,
  EntryId,
  Epoch,
  Heard,
  Holder,
  NodeId,
  Passage,
  Renewed,
  Shard,
  ShardCommit,
  Then,
} from "@roundhouse/ledger";
import type { Dice } from "./dice.ts";
import type { Outage } from "./model-backbone-outage.ts";

/** How often and how badly: chances from 0 to 1, times in ms. To be changed while it is in use. */
export type Faults = {
  /** The longest that a question, an answer or a frame is on its way. */
  latencyMs: Millis;
  /** The question never arrives. */
  questionLost: number;
  /** It arrives after the asker has given up, at most so long after that. */
  questionLate: number;
  questionLateMs: Millis;
  /** It is done, and nobody learns so. */
  answerLost: number;
  /** What is said to the ear is lost, comes twice, or up to `earLateMs` late. */
  earLost: number;
  earDoubled: number;
  earLate: number;
  earLateMs: Millis;
};

export const noFaults = (): Faults => ({
  latencyMs: 0,
  questionLost: 0,
  questionLate: 0,
  questionLateMs: 7_000,
  answerLost: 0,
  earLost: 0,
  earDoubled: 0,
  earLate: 0,
  earLateMs: 0,
});

export type LinkOptions = {
  /** What this node's steps are done on: the model, or something around it. */
  readonly backbone: Backbone;
  readonly outage: Outage;
  readonly dice: Dice;
  readonly now: () => Millis;
  /** The world's own timers: what is on its way does not stop with its sender. */
  readonly later: (run: () => void, afterMs: Millis) => void;
  /** Runs in the node's process, if and when that runs. */
  readonly arrive: (run: () => void) => void;
};

export class Link implements Backbone {
  readonly faults: Faults = noFaults();
  readonly #options: LinkOptions;
  #isCut = false;
  /** Asking fails at once, instead of never being answered. */
  #isRefusing = false;
  /** Until then the ear hears nothing, and knows nothing of it. */
  #deafUntil: Millis = 0;
  #downSince: Millis | undefined;
  #era = 0;
  readonly #ears = new Map<NodeId, Ear>();

  constructor(options: LinkOptions) {
    this.#options = options;
    options.outage.watch({
      began: () => this.#noteDown(),
      ended: () => this.#noteUp(),
    });
  }

  // What may befall it.

  /** `isRefusing`: the node notices at once. */
  cut(isRefusing: boolean): void {
    this.#isCut = true;
    this.#isRefusing = isRefusing;
    this.#noteDown();
  }

  heal(): void {
    this.#isCut = false;
    this.#noteUp();
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** What is late now never arrives. */
  forgetLate(): void {
    this.#era++;
  }

  /** The subscription is gone for a while, and then it is known to have been. */
  deafen(ms: Millis): void {
    const until = this.#options.now() + ms;
    this.#deafUntil = Math.max(this.#deafUntil, until);
    this.#options.later(() => this.#interrupt(), ms);
  }

  // Steps.

  append(shard: number, batch: Append, then: Then<Appended>): void {
    this.#ask(then, (it, back) => it.append(shard, batch, back));
  }

  read(shard: number, after: EntryId, most: number, then: Then<readonly Entry[]>): void {
    this.#ask(then, (it, back) => it.read(shard, after, most, back));
  }

  commit(shard: number, commit: ShardCommit, then: Then<Committed>): void {
    this.#ask(then, (it, back) => it.commit(shard, commit, back));
  }

  open(shard: number, then: Then<Shard>): void {
    this.#ask(then, (it, back) => it.open(shard, back));
  }

  scan(
    shard: number,
    page: (entries: ReadonlyMap<string, Uint8Array>) => void,
    done: Then<void>,
  ): void {
    // Pages are answers too: they come before the last one, or a part of them does.
    const pages: ReadonlyMap<string, Uint8Array>[] = [];
    const then: Then<void> = (answer) => {
      for (const it of pages) page(it);
      done(answer);
    };
    this.#ask(then, (it, back) => it.scan(shard, (part) => pages.push(part), back));
  }

  fetch(shard: number, keys: readonly string[], then: Then<ReadonlyMap<string, Uint8Array>>): void {
    this.#ask(then, (it, back) => it.fetch(shard, keys, back));
  }

  find(
    shard: number,
    prefix: string,
    most: number,
    then: Then<ReadonlyMap<string, Uint8Array>>,
  ): void {
    this.#ask(then, (it, back) => it.find(shard, prefix, most, back));
  }

  count(shard: number, then: Then<number>): void {
    this.#ask(then, (it, back) => it.count(shard, back));
  }

  history(shard: number, from: number, most: number, then: Then<readonly Passage[]>): void {
    this.#ask(then, (it, back) => it.history(shard, from, most, back));
  }

  assign(
    shard: number,
    change: { readonly epoch: Epoch; readonly next: NodeId | "" },
    then: Then<{ readonly isDone: boolean; readonly holder: Holder }>,
  ): void {
    this.#ask(then, (it, back) => it.assign(shard, change, back));
  }

  holder(shard: number, then: Then<Holder>): void {
    this.#ask(then, (it, back) => it.holder(shard, back));
  }

  bury(shard: number, node: NodeId, bytes: Uint8Array, then: Then<void>): void {
    this.#ask(then, (it, back) => it.bury(shard, node, bytes, back));
  }

  renew(node: NodeId, card: Card, then: Then<Renewed>): void {
    this.#ask(then, (it, back) => it.renew(node, card, back));
  }

  leave(node: NodeId, then: Then<void>): void {
    this.#ask(then, (it, back) => it.leave(node, back));
  }

  declareDead(node: NodeId, then: Then<boolean>): void {
    this.#ask(then, (it, back) => it.declareDead(node, back));
  }

  forget(node: NodeId, then: Then<void>): void {
    this.#ask(then, (it, back) => it.forget(node, back));
  }

  wish(wishes: ReadonlyMap<number, NodeId | undefined>, then: Then<void>): void {
    this.#ask(then, (it, back) => it.wish(wishes, back));
  }

  drain(name: string, isDrained: boolean, then: Then<void>): void {
    this.#ask(then, (it, back) => it.drain(name, isDrained, back));
  }

  constant(name: string, value: string, then: Then<string>): void {
    this.#ask(then, (it, back) => it.constant(name, value, back));
  }

  // Ears.

  listen(node: NodeId, ear: (heard: Heard) => void): () => void {
    const own: Ear = { hear: ear, arrivals: new Map() };
    this.#ears.set(node, own);
    const stop = this.#options.backbone.listen(node, (heard) => this.#hear(own, heard));
    return () => {
      stop();
      own.hear = () => {};
      if (this.#ears.get(node) === own) this.#ears.delete(node);
    };
  }

  say(shard: number, to: NodeId, bytes: Uint8Array): void {
    const { backbone, outage, later, dice } = this.#options;
    if (!this.#isUp || dice.happens(this.faults.questionLost)) return;
    later(() => outage.enter(() => backbone.say(shard, to, bytes)), this.#latency);
  }

  get isSound(): boolean {
    return this.#options.now() - (this.#downSince ?? this.#options.now()) < UNSOUND_MS;
  }

  get #isUp(): boolean {
    return !this.#isCut && !this.#options.outage.isAway;
  }

  get #latency(): Millis {
    const { latencyMs } = this.faults;
    return latencyMs === 0 ? 0 : this.#options.dice.below(latencyMs + 1);
  }

  #ask<Value>(then: Then<Value>, step: (it: Backbone, back: Then<Value>) => void): void {
    const { dice, later, arrive, outage, backbone, now } = this.#options;
    const { faults } = this;
    const givesUpAt = now() + TIMEOUT_MS;
    let isOver = false;
    const finish = (answer: Answered<Value>): void => {
      if (isOver) return;
      isOver = true;
      arrive(() => then(answer));
    };
    const giveUp = (): void => finish({ known: false, why: "no answer in time" });
    const hopeless = (): void => later(giveUp, Math.max(0, givesUpAt - now()));
    if (!this.#isUp && (this.#isRefusing || outage.isAway)) {
      return later(() => finish({ known: false, why: "no connection" }), REFUSAL_MS);
    }
    if (this.#isCut || dice.happens(faults.questionLost)) return hopeless();
    const isLate = dice.happens(faults.questionLate);
    const wayMs = isLate ? TIMEOUT_MS + dice.below(faults.questionLateMs) : this.#latency;
    if (isLate) hopeless();
    const era = this.#era;
    const answered = (answer: Answered<Value>): void => {
      if (isOver) return;
      if (!this.#isUp || dice.happens(faults.answerLost)) return hopeless();
      later(() => (this.#isUp ? finish(answer) : hopeless()), this.#latency);
    };
    later(() => {
      if (isLate && era !== this.#era) return;
      // What was on its way when the way was cut may have passed the place of the cut, or not.
      if (!this.#isUp && dice.happens(0.5)) return hopeless();
      const isWaiting = !outage.enter(() => step(backbone, answered));
      if (isWaiting) hopeless();
    }, wayMs);
  }

  #hear(ear: Ear, heard: Heard): void {
    const { dice, later, now, arrive } = this.#options;
    const { faults } = this;
    if (!this.#isUp || now() < this.#deafUntil || dice.happens(faults.earLost)) return;
    const shard = heard.on === "interrupted" ? -1 : heard.shard;
    const isLate = dice.happens(faults.earLate);
    const onItsWay = isLate ? dice.below(faults.earLateMs + 1) : this.#latency;
    const at = Math.max(now() + onItsWay, ear.arrivals.get(shard) ?? 0);
    ear.arrivals.set(shard, at);
    const deliver = (): void => {
      if (this.#isUp) arrive(() => ear.hear(heard));
    };
    const times = dice.happens(faults.earDoubled) ? 2 : 1;
    for (let time = 0; time < times; time++) later(deliver, at - now());
  }

  #noteDown(): void {
    this.#downSince ??= this.#options.now();
  }

  #noteUp(): void {
    if (!this.#isUp) return;
    this.#downSince = undefined;
    this.#options.later(() => this.#interrupt(), this.#latency);
  }

  /** It hears again, and may have missed anything. */
  #interrupt(): void {
    const { arrive, now } = this.#options;
    if (!this.#isUp || now() < this.#deafUntil) return; // It is told when that is over.
    for (const ear of this.#ears.values()) arrive(() => ear.hear({ on: "interrupted" }));
  }
}

type Ear = {
  hear: (heard: Heard) => void;
  /** When the last word of each shard arrives: one channel keeps its order. */
  readonly arrivals: Map<number, Millis>;
};

/** As ioredis has it: `commandTimeout`. */
const TIMEOUT_MS = 1_500;
const REFUSAL_MS = 5;
/** Three probes without an answer. */
const UNSOUND_MS = 3_000;
