/** A viewer of one state channel without any I/O: messages in, changes and requests out. */

import { Fleet } from "./fleet.ts";
import type { Change } from "./fleet.ts";
import { judge } from "./position.ts";
import type { Position } from "./position.ts";
import type { Delta, HubMessage, Snapshot, Subscribe } from "./protocol.ts";

/** What a message led to: something to draw, something to send, or neither. */
export interface Reaction {
  readonly change?: Change;
  readonly reply?: Subscribe;
}

export class Viewer {
  readonly fleet = new Fleet();
  /** Where the picture stands; null until the first snapshot, kept over lost connections. */
  position: Position | null = null;
  /** A subscribe is under way, so gaps need not ask again; cleared by the message that answers it. */
  private asking = false;

  constructor(readonly channel: string) {}

  /** Whether an answer is outstanding: until it comes, the picture may lack something. */
  get waiting(): boolean {
    return this.asking;
  }

  /** The message that asks for what is missing from here; also the first one on each connection. */
  subscribe(): Subscribe {
    this.asking = true;
    const request = { type: "subscribe", channel: this.channel } as const;
    return this.position === null ? request : { ...request, ...this.position };
  }

  receive(message: HubMessage): Reaction {
    if (message.type === "snapshot" && message.channel === this.channel) return { change: this.take(message) };
    if (message.type === "delta" && message.channel === this.channel) return this.follow(message);
    if (message.type === "error" && message.code === "resync") return this.restart();
    return {};
  }

  private take(snapshot: Snapshot): Change {
    this.asking = false;
    this.position = { epoch: snapshot.epoch, offset: snapshot.offset };
    return this.fleet.replace(snapshot);
  }

  private follow(delta: Delta): Reaction {
    const verdict = judge(this.position, delta);
    if (verdict === "resync") return this.asking ? {} : { reply: this.subscribe() };
    this.asking = false;
    if (verdict === "ignore") return {};
    this.position = { epoch: delta.epoch, offset: delta.offset };
    return { change: this.fleet.merge(delta) };
  }

  /** The hub cannot serve my position any more: ask as a newcomer. The picture stays until the snapshot is here. */
  private restart(): Reaction {
    this.position = null;
    return { reply: this.subscribe() };
  }
}
