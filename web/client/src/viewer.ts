/** A viewer of one state channel without any I/O: messages in, changes and requests out. */

import { Fleet } from "./fleet.ts";
import type { Change, Fix } from "./fleet.ts";
import { judge } from "./position.ts";
import type { Position } from "./position.ts";
import { ProtocolError, REFUSALS } from "./protocol.ts";
import type { Delta, Filter, HubMessage, Part, Refusal, Rows, Snapshot, Subscribe } from "./protocol.ts";

/** What a message led to: something to draw, something to send, or neither. */
export interface Reaction {
  readonly change?: Change;
  /** The fixes of a change that happened just now and somewhere else than the one before. */
  readonly moved?: readonly Fix[];
  readonly reply?: Subscribe;
  /** The hub does not take a filter, for this reason; `reply` asks for the former picture again. */
  readonly filterRefused?: string;
}

/** Rows that may wait for the message they belong to; far above any fleet. */
const PARTS_ROWS_MAX = 1_000_000;

/** Says that a hub refuses whatever a viewer asks of its channel; the account may not watch it, or it is not there. */
export class ChannelRefused extends Error {
  override readonly name = "ChannelRefused";
}

export class Viewer {
  readonly fleet = new Fleet();
  /** Where the picture stands in the numbering of its filter; null until the first snapshot, kept over lost connections. */
  position: Position | null = null;
  /** A subscribe is under way, so gaps need not ask again; cleared by the message that answers it. */
  private asking = false;
  /** Until this ping is answered, what comes belongs to the subscription before. */
  private fenced: number | null = null;
  /** What came in advance of the message that completes it, in order. */
  private parts: Part[] = [];
  private partRows = 0;
  /** What the picture is to be filtered by. */
  private wanted: Filter | null;
  /** What the newest subscribe asked for. */
  private asked: Filter | null = null;
  /** What the picture was last taken with: the hub is known to accept it. */
  private accepted: Filter | null = null;

  constructor(
    readonly channel: string,
    filter: Filter | null = null,
  ) {
    this.wanted = filter;
  }

  /** Whether an answer is outstanding: until it comes, the picture may lack something. */
  get waiting(): boolean {
    return this.asking;
  }

  /** The message that asks for what is missing from here; also the first one on each connection. */
  subscribe(): Subscribe {
    this.asking = true;
    this.asked = this.wanted;
    this.fenced = null;
    this.dropParts();
    const filter = this.wanted === null ? {} : { filter: this.wanted };
    return { type: "subscribe", channel: this.channel, ...this.position, ...filter };
  }

  /**
   * Choose another part of the fleet; the picture stays until the new one is complete. Returns what to send on an open
   * connection: nothing while another answer is outstanding, whose arrival asks for the filter that is wanted then.
   */
  setFilter(filter: Filter | null): Subscribe | null {
    if (JSON.stringify(filter) === JSON.stringify(this.wanted)) return null;
    this.wanted = filter;
    this.position = null;
    return this.asking ? null : this.subscribe();
  }

  /**
   * A ping of this id followed a subscribe without a position. The hub answers in order, so that a picture that comes
   * before the pong is one of the former filter, pushed on its own account.
   */
  fence(ping: number): void {
    this.fenced = ping;
  }

  passed(ping: number): void {
    if (ping === this.fenced) this.fenced = null;
  }

  /** @throws ChannelRefused, and ProtocolError for parts without end. */
  receive(message: HubMessage): Reaction {
    if (!("channel" in message) || message.channel !== this.channel) return {};
    if (message.type === "error") return this.refuse(message);
    if (this.fenced !== null) return {};
    if (message.type === "part") return this.keep(message);
    if (message.type === "snapshot") return this.take(message);
    return message.type === "delta" ? this.follow(message) : {};
  }

  private keep(part: Part): Reaction {
    for (const rows of [part.set, part.removed]) this.partRows += (rows?.units?.length ?? 0) + (rows?.fixes?.length ?? 0);
    if (this.partRows > PARTS_ROWS_MAX) throw new ProtocolError("parts without end");
    this.parts.push(part);
    return {};
  }

  private take(snapshot: Snapshot): Reaction {
    const change = this.fleet.replace(this.pieces(snapshot));
    this.accepted = this.asked;
    return { change, ...this.stand({ epoch: snapshot.epoch, offset: snapshot.offset }) };
  }

  private follow(delta: Delta): Reaction {
    const pieces = this.pieces(delta);
    const verdict = judge(this.position, delta);
    if (verdict === "resync") return this.asking ? {} : { reply: this.subscribe() };
    const answers = this.asking;
    const position = verdict === "apply" ? { epoch: delta.epoch, offset: delta.offset } : this.position;
    if (verdict === "ignore") return this.stand(position);
    const { change, moved } = this.fleet.merge(pieces);
    return { change, ...(answers ? {} : { moved }), ...this.stand(position) };
  }

  /** The answer is here: the position counts, unless another filter was chosen meanwhile. */
  private stand(position: Position | null): Reaction {
    this.asking = false;
    if (this.asked === this.wanted) {
      this.position = position;
      return {};
    }
    this.position = null;
    return { reply: this.subscribe() };
  }

  /**
   * `resync`: the hub cannot serve my position any more: ask as a newcomer; the picture stays until the snapshot is here.
   * `invalid_value`: the hub does not take the filter: back to the one before. Whatever else is no answer to a subscribe.
   */
  private refuse({ code, detail }: Refusal): Reaction {
    if (REFUSALS.has(code)) throw new ChannelRefused(detail);
    if (code !== "resync" && (code !== "invalid_value" || this.asked === null)) return {};
    this.position = null;
    if (code === "resync") return { reply: this.subscribe() };
    if (this.asked !== this.wanted) return { reply: this.subscribe() };
    this.wanted = this.accepted === this.asked ? null : this.accepted;
    return { filterRefused: detail, reply: this.subscribe() };
  }

  /** All rows up to and with the completing message's own; nothing is kept aside any more. */
  private pieces(own: Rows): readonly Rows[] {
    const pieces = this.parts.length === 0 ? [own] : [...this.parts, own];
    this.dropParts();
    return pieces;
  }

  private dropParts(): void {
    this.parts = [];
    this.partRows = 0;
  }
}
