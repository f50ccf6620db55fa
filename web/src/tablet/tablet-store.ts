/** The tablet: its connection, what the crew has to know, and everything that the crew can do. */

import { CommandRefused, DeviceClient, deviceTickets, HttpRefusal, IndexedDbSpool } from "@arogya/client";
import type { Command, DeviceState, Report, ReportAnswer, Stage } from "@arogya/client";
import { Observable } from "../shared/observable.ts";
import { ScreenKeeper } from "./awake.ts";
import type { Awake } from "./awake.ts";
import { readAsDevice } from "./crew-api.ts";
import * as states from "./crew-state.ts";
import type { Crew, Told } from "./crew-state.ts";
import { keepCrew, keptCrew } from "./credential.ts";
import type { Credential } from "./credential.ts";
import { Ringer } from "./ringer.ts";
import type { Ring } from "./ringer.ts";
import { Tracker } from "./tracker.ts";
import type { Tracking } from "./tracker.ts";
import { truthOf } from "./truth.ts";
import type { CrewStateBody } from "./truth.ts";

/** How long a stage can be taken back. */
export const UNDO_MS = 4_000;
/** Longer out of sight than this, and the crew is told that nobody saw where they were. */
const UNSEEN_MS = 15_000;
const TICK_MS = 500;
const RECONCILE_AGAIN_MS = 5_000;
const CONCERNS: ReadonlySet<string> = new Set(["offer", "recall", "call", "message", "sos_seen"]);

/** What the page shows beside the calls. */
export interface Vitals {
  readonly device: DeviceState;
  readonly tracking: Tracking;
  readonly awake: Awake;
  readonly audible: boolean;
  /** Fixes that the hub does not have. */
  readonly backlog: number;
  /** What the crew said and the hub has not answered. */
  readonly reports: readonly Report[];
  /** The hub's clock is ahead of this one by so much. */
  readonly aheadMs: number;
  /** For how long nobody saw where the ambulance was, until the crew has read it. */
  readonly unseenMs: number | null;
}

export class Tablet {
  readonly crew = new Observable<Crew>(restored());
  readonly vitals: Observable<Vitals>;
  readonly ringer = new Ringer((audible) => this.note({ audible }));
  private readonly device: DeviceClient;
  private readonly tracker: Tracker;
  private readonly screen: ScreenKeeper;
  private ticking: ReturnType<typeof setInterval> | undefined;
  /** Raised by everything that the hub or the crew says: what was asked for before is out of date then. */
  private turn = 0;
  private reconciledTurn = -1;
  private nextLookMs = 0;

  constructor(readonly credential: Credential) {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.device = new DeviceClient({
      url: `${scheme}://${location.host}/ws/device`,
      ticket: deviceTickets(location.origin, credential.secret),
      spool: new IndexedDbSpool({ name: `tablet-${credential.deviceId}` }),
      agent: "tablet page",
      onState: (device) => this.connected(device),
      onCommand: (command) => this.carryOut(command),
      onAnswer: (answer, report) => this.hear(answer, report),
      onReports: (reports) => this.note({ reports }),
    });
    this.vitals = new Observable<Vitals>({
      device: this.device.current,
      tracking: { state: "looking" },
      awake: "off",
      audible: false,
      backlog: 0,
      reports: [],
      aheadMs: 0,
      unseenMs: null,
    });
    this.tracker = new Tracker(
      (fix) => this.device.offer(fix),
      (tracking) => this.note({ tracking }),
    );
    this.screen = new ScreenKeeper(
      (awake) => this.note({ awake }),
      (hiddenMs) => hiddenMs > UNSEEN_MS && this.note({ unseenMs: hiddenMs }),
    );
  }

  start(): void {
    this.device.start();
    this.tracker.start();
    this.screen.start();
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.ring();
    if (navigator.userActivation?.isActive === true) this.ringer.unlock(); // it has just been set up by a touch
  }

  async stop(): Promise<void> {
    clearInterval(this.ticking);
    this.ringer.keepRinging(null);
    this.tracker.stop();
    this.screen.stop();
    await this.device.stop();
  }

  // What the crew does

  accept(): void {
    const { offer } = this.crew.value;
    if (offer === null) return;
    this.change(states.accepted(this.crew.value, Date.now()));
    this.say("accept", { assignment: offer.details.assignment });
  }

  decline(reason: string): void {
    const { offer } = this.crew.value;
    if (offer === null) return;
    this.change(states.withoutOffer(this.crew.value));
    this.say("decline", { assignment: offer.details.assignment, reason });
  }

  /** The offer is on the screen. */
  seen(assignment: string): void {
    this.say("seen", { assignment });
  }

  tap(stage: Stage, noTransport = false): void {
    this.settle();
    this.change(states.tapped(this.crew.value, stage, noTransport, Date.now(), UNDO_MS));
  }

  takeBack(): void {
    this.change(states.takenBack(this.crew.value));
  }

  setDestination(place: { readonly destination?: string; readonly facility?: string; readonly latitude?: number; readonly longitude?: number }): void {
    const { call } = this.crew.value;
    if (call === null) return;
    const { destination, latitude: destination_latitude, longitude: destination_longitude } = place;
    const spot = destination_latitude === undefined || destination_longitude === undefined ? {} : { destination_latitude, destination_longitude };
    const { destination_latitude: _, destination_longitude: __, ...known } = call.details;
    const details = { ...known, ...(destination === undefined ? {} : { destination }), ...spot };
    this.change({ ...this.crew.value, call: { ...call, details } });
    const { facility } = place;
    const sent = facility === undefined ? place : { facility, ...(destination === undefined ? {} : { destination }) };
    this.say("destination", { assignment: call.details.assignment, ...sent });
  }

  setDuty(status: Crew["duty"]): void {
    this.change({ ...this.crew.value, duty: status });
    this.say("duty", { status });
  }

  write(text: string): void {
    const { crew } = this;
    const assignment = crew.value.call?.details.assignment;
    const note = { id: crypto.randomUUID(), mine: true, from: "", text, atMs: Date.now(), read: true };
    this.change(states.noted(crew.value, note));
    this.say("message", assignment === undefined ? { text } : { text, assignment });
  }

  readNotes(): void {
    const unread = this.crew.value.notes.filter(({ read }) => !read);
    if (unread.length === 0) return;
    this.change(states.allRead(this.crew.value));
    for (const { id } of unread) this.say("read", { message: id });
  }

  callForHelp(): void {
    this.device.alarm();
  }

  understood(): void {
    this.change({ ...this.crew.value, loud: null });
  }

  /** The crew has read for how long they were not seen. */
  noticedUnseen(): void {
    this.note({ unseenMs: null });
  }

  locateAgain(): void {
    this.tracker.restart();
  }

  retryNow(): void {
    this.device.retryNow();
  }

  /** The hub's clock now, ms. */
  hubMs = (): number => Date.now() + this.vitals.value.aheadMs;

  // What comes in

  private carryOut({ kind, body }: Command): void {
    if (kind === "reporting") {
      const interval = Number(body["interval_s"]);
      if (!(interval > 0)) throw new CommandRefused("an interval is a number of seconds");
      this.tracker.intervalS = interval;
      return;
    }
    if (!CONCERNS.has(kind)) throw new CommandRefused("unknown");
    const before = this.crew.value;
    this.change(states.told(before, { kind, body } as unknown as Told, Date.now()));
    if ((kind === "message" || kind === "sos_seen") && this.crew.value !== before) this.ringer.once("message");
    // answered as done only from here on: what it said is kept
  }

  private hear(answer: ReportAnswer, report: Report): void {
    this.change(states.answered(this.crew.value, answer, report, Date.now()));
  }

  private connected(device: DeviceState): void {
    if (device.phase === "streaming" && this.vitals.value.device.phase !== "streaming") this.turn += 1;
    this.note({ device });
  }

  // From moment to moment

  private tick(): void {
    const nowMs = Date.now();
    const { pending, offer } = this.crew.value;
    if (pending !== null && nowMs >= pending.dueMs) this.settle();
    if (offer?.expiresAtMs != null && this.hubMs() > offer.expiresAtMs) this.change(states.withoutOffer(this.crew.value));
    if (this.device.unacked !== this.vitals.value.backlog) this.note({ backlog: this.device.unacked });
    if (this.turn !== this.reconciledTurn && nowMs >= this.nextLookMs) void this.reconcile(nowMs);
  }

  /** What was tapped goes now. */
  private settle(): void {
    const { pending } = this.crew.value;
    if (pending === null) return;
    this.change(states.settled(this.crew.value));
    const { assignment, stage, noTransport, atMs } = pending;
    this.say("stage", { assignment, stage, ...(noTransport ? { no_transport: true } : {}) }, atMs);
  }

  /** Ask the hub how things stand, once it has answered everything that was said here. */
  private async reconcile(nowMs: number): Promise<void> {
    const isQuiet = (): boolean => this.device.current.phase === "streaming" && this.device.reports.length === 0;
    if (!isQuiet()) return;
    const { turn } = this;
    this.nextLookMs = nowMs + RECONCILE_AGAIN_MS;
    try {
      const { body, aheadMs } = await readAsDevice<CrewStateBody>(this.credential.secret, "/crew/state");
      if (aheadMs !== null) this.note({ aheadMs });
      if (turn !== this.turn || !isQuiet()) return;
      this.reconciledTurn = turn;
      this.apply(states.reconciled(this.crew.value, truthOf(body), Date.now()));
    } catch (error) {
      if (!(error instanceof HttpRefusal) && !(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
    }
  }

  private say(...[kind, body, atMs]: SayArguments): void {
    this.turn += 1;
    // it is asked for again when all is answered; what cannot be kept is shown by the count of what waits
    void this.device.report(kind, body as never, atMs === undefined ? undefined : atMs * 1000).catch(() => undefined);
  }

  /** Something was said, by whomever. */
  private change(crew: Crew): void {
    this.turn += 1;
    this.apply(crew);
  }

  private apply(crew: Crew): void {
    this.crew.set(crew);
    keepCrew(crew);
    this.ring();
  }

  private ring(): void {
    const { loud, offer } = this.crew.value;
    const ring: Ring | null = loud?.kind === "recall" ? "recall" : offer !== null ? "offer" : null;
    this.ringer.keepRinging(ring);
  }

  private note(change: Partial<Vitals>): void {
    this.vitals.set({ ...this.vitals.value, ...change });
  }
}

type SayArguments = { [Kind in Report["kind"]]: [Kind, Extract<Report, { kind: Kind }>["body"], number?] }[Report["kind"]];

/** What was known when the page was left. */
function restored(): Crew {
  const kept = keptCrew();
  return typeof kept === "object" && kept !== null && "duty" in kept ? { ...states.NO_CREW, ...(kept as Partial<Crew>) } : states.NO_CREW;
}
