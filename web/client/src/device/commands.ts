/** Commands from the hub: each is carried out once, however often it is delivered, and always answered. */

import type { Command, CommandAck } from "./protocol.ts";

/** Commands not yet begun; one above it is left unanswered, and the hub sends it again. */
const WAITING_MAX = 32;
/** Answers kept, because the hub repeats a command whose answer was lost. */
const REMEMBERED_MAX = 256;
const DETAIL_CHARS_MAX = 200;

/** Throw it in `onCommand` to answer that the command was not done; its message goes to the hub. */
export class CommandRefused extends Error {
  override readonly name = "CommandRefused";
}

export type CarryOut = (command: Command) => void | Promise<void>;

export class Commands {
  /** Sends an answer while a connection stands; without one the hub asks again on the next. */
  reply: ((answer: CommandAck) => void) | null = null;
  private readonly waiting: Command[] = [];
  private readonly answers = new Map<string, CommandAck>();
  private busy = false;

  constructor(private readonly carryOut: CarryOut | undefined) {}

  take(command: Command): void {
    if (this.waiting.length < WAITING_MAX) this.waiting.push(command);
    if (!this.busy) void this.answerAll();
  }

  private async answerAll(): Promise<void> {
    this.busy = true;
    for (let command = this.waiting.shift(); command !== undefined; command = this.waiting.shift()) {
      const answer = this.answers.get(command.id) ?? (await this.answer(command));
      this.answers.set(command.id, answer);
      const [oldest] = this.answers.keys();
      if (this.answers.size > REMEMBERED_MAX && oldest !== undefined) this.answers.delete(oldest);
      this.reply?.(answer);
    }
    this.busy = false;
  }

  private async answer(command: Command): Promise<CommandAck> {
    if (this.carryOut === undefined) return refused(command.id, "this device takes no commands");
    try {
      await this.carryOut(command);
    } catch (error) {
      // Any other mistake is the application's own and must not stop the samples.
      return refused(command.id, error instanceof CommandRefused ? error.message : "the application failed");
    }
    return { type: "command_ack", id: command.id, status: "done" };
  }
}

function refused(id: string, why: string): CommandAck {
  const detail = why.slice(0, DETAIL_CHARS_MAX);
  return { type: "command_ack", id, status: "refused", ...(detail === "" ? {} : { detail }) };
}
