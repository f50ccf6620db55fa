/** Who I am to the others: name, phone and time zone. */

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Problem } from "../api.ts";
import { Refused } from "../entry/frame.tsx";
import { roleWord } from "../inbox/records.ts";
import { change } from "../shared/http.ts";
import { explainProblem, Failure } from "../shared/problems.tsx";
import { useMay } from "../shared/rights.ts";
import { toast } from "../shared/toast.tsx";
import { useRecord } from "../shared/use-record.ts";
import { useShell } from "../shell/context.ts";
import { Card } from "../shell/page.tsx";
import type { Me } from "./profile-api.ts";

type Draft = Readonly<Record<"name" | "phone" | "time_zone", string>>;

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const CHANGED_MEANWHILE = "This was changed somewhere else meanwhile. What you see now is the newest: change it again.";

function draftOf({ name, phone, time_zone }: Me): Draft {
  return { name, phone: phone ?? "", time_zone: time_zone ?? "" };
}

/** What differs, as a merge patch: what was emptied is removed. */
function patchOf(me: Me, draft: Draft): Readonly<Record<string, string | null>> {
  const before = draftOf(me);
  const names = (Object.keys(before) as (keyof Draft)[]).filter((name) => draft[name].trim() !== before[name]);
  return Object.fromEntries(names.map((name) => [name, draft[name].trim() || null]));
}

export function AboutCard(): JSX.Element {
  const { user, onUser } = useShell();
  const { row, etag, problem, reload, put } = useRecord<Me>(`/users/${user.id}`);
  const saved = (me: Me, newer: string | null): void => {
    put(me, newer);
    onUser({ ...user, name: me.name });
  };
  if (problem !== null) {
    return (
      <Card title="About me">
        <Failure error={problem} onRetry={reload} />
      </Card>
    );
  }
  return (
    <Card title="About me">
      <p class="quiet">
        {user.email} · {roleWord(user.role)}
        {user.duty === null ? "" : `, ${user.duty}`}
      </p>
      {row !== null && <AboutForm me={row} etag={etag} onSaved={saved} onStale={reload} />}
    </Card>
  );
}

interface AboutFormProps {
  readonly me: Me;
  readonly etag: string | null;
  readonly onSaved: (me: Me, etag: string | null) => void;
  readonly onStale: () => void;
}

function AboutForm({ me, etag, onSaved, onStale }: AboutFormProps): JSX.Element {
  const may = useMay();
  const [draft, setDraft] = useState(() => draftOf(me));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ readonly text: string; readonly field: string } | null>(null);
  useEffect(() => setDraft(draftOf(me)), [etag, me]);
  const patch = patchOf(me, draft);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const answer = await change<Me>(`/users/${me.id}`, patch, etag);
      onSaved(answer.body, answer.etag);
      toast("Saved");
    } catch (refusal) {
      if (refusal instanceof Problem && refusal.status === 412) {
        onStale();
        setError({ text: CHANGED_MEANWHILE, field: "" });
      } else setError({ text: explainProblem(refusal), field: refusal instanceof Problem ? refusal.field : "" });
    }
    setBusy(false);
  };
  const set = (name: keyof Draft, text: string): void => setDraft({ ...draft, [name]: text });
  const wrong = (field: string): { "aria-invalid": boolean; "aria-describedby": string | undefined } => ({
    "aria-invalid": error?.field === field,
    "aria-describedby": error === null ? undefined : "about-error",
  });
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      {error !== null && <Refused id="about-error">{error.text}</Refused>}
      <label class="field">
        <span>Name</span>
        <input
          name="name"
          autocomplete="name"
          required
          maxLength={200}
          {...wrong("name")}
          value={draft.name}
          onInput={(event) => set("name", event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Phone</span>
        <input
          type="tel"
          name="phone"
          autocomplete="tel"
          placeholder="+91 98765 43210"
          {...wrong("phone")}
          value={draft.phone}
          onInput={(event) => set("phone", event.currentTarget.value)}
        />
      </label>
      {may.table("users").change.includes("time_zone") && (
        <TimeZone value={draft.time_zone} onValue={(zone) => set("time_zone", zone)} />
      )}
      <div class="form__foot">
        <button class="button button--primary" type="submit" disabled={busy || Object.keys(patch).length === 0}>
          {busy ? "Saving…" : "Save"}
        </button>
      </div>
    </form>
  );
}

function TimeZone({ value, onValue }: { value: string; onValue: (zone: string) => void }): JSX.Element {
  const zones = useMemo(() => {
    const known = Intl.supportedValuesOf("timeZone");
    return [...new Set([HERE, value, ...known])].filter((zone) => zone !== "").sort();
  }, [value]);
  return (
    <div class="field">
      <label for="time-zone">Time zone</label>
      <select id="time-zone" value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="">That of the facility</option>
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll("_", " ")}
            {zone === HERE ? " (this computer)" : ""}
          </option>
        ))}
      </select>
      <p class="field__hint">Reminders come by it, and “today” is a day of it.</p>
    </div>
  );
}
