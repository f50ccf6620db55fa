/** Messages with other people, and notifications from the hub. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { readOne } from "../shared/http.ts";
import { navigate, useWhereabouts } from "../shared/router.ts";
import { Tabs } from "../shared/tabs.tsx";
import { Page } from "../shell/page.tsx";
import { Conversations, pathOf } from "./conversations.tsx";
import { useInbox } from "./inbox-hooks.ts";
import { NoticeList } from "./notice-list.tsx";
import { RecipientDialog } from "./recipient-dialog.tsx";
import type { Person } from "./records.ts";
import { ThreadView } from "./thread-view.tsx";

const MESSAGES = "messages";
const NOTIFICATIONS = "notifications";

export function InboxPage(): JSX.Element {
  const { unreadMessages, notices } = useInbox();
  const query = new URLSearchParams(useWhereabouts().query);
  const [writing, setWriting] = useState(false);
  const [met, setMet] = useState<Person | null>(null);
  const tab = query.get("tab") === NOTIFICATIONS ? NOTIFICATIONS : MESSAGES;
  const choose = (person: Person): void => {
    setMet(person);
    setWriting(false);
    void navigate(pathOf(person.id));
  };
  const write = (): void => setWriting(true);
  const count = (unread: number): number | undefined => (unread === 0 ? undefined : unread);
  return (
    <Page
      title="Inbox"
      actions={
        <button class="button button--primary" type="button" data-key="n" title="New message (n)" onClick={write}>
          <Icon name="edit" />
          New message
        </button>
      }
    >
      <Tabs
        label="Inbox"
        tabs={[
          { name: MESSAGES, label: "Messages", count: count(unreadMessages) },
          { name: NOTIFICATIONS, label: "Notifications", count: count(notices.unread) },
        ]}
        chosen={tab}
        onChoose={(name) => void navigate(name === MESSAGES ? "/inbox" : `/inbox?tab=${name}`, { replace: true })}
      >
        {tab === NOTIFICATIONS ? <NoticeList /> : <Talks withId={query.get("with")} met={met} onNew={write} />}
      </Tabs>
      {writing && <RecipientDialog onChoose={choose} onClose={() => setWriting(false)} />}
    </Page>
  );
}

interface TalksProps {
  readonly withId: string | null;
  /** Who was chosen just now, and perhaps has never been written to. */
  readonly met: Person | null;
  readonly onNew: () => void;
}

function Talks({ withId, met, onNew }: TalksProps): JSX.Element {
  const person = usePerson(withId, met);
  return (
    <div class="inbox" data-open={person !== null}>
      <div class="inbox__list">
        <Conversations chosen={withId} onNew={onNew} />
      </div>
      {person === null ? (
        <div class="inbox__none">
          <Icon name="mail" />
          <p>Choose a conversation, or begin a new one.</p>
        </div>
      ) : (
        <ThreadView key={person.id} person={person} onBack={() => void navigate("/inbox")} />
      )}
    </div>
  );
}

/** Who is meant by an id in the address: out of the conversations, else as the hub knows them. */
function usePerson(id: string | null, met: Person | null): Person | null {
  const inbox = useInbox();
  const [asked, setAsked] = useState<Person | null>(null);
  const known = id === null ? null : (inbox.personOf(id) ?? (met?.id === id ? met : null));
  useEffect(() => {
    if (id === null || known !== null || !inbox.ready) return;
    readOne<Person>(`/users/${encodeURIComponent(id)}`).then(
      ({ body }) => setAsked(body),
      () => setAsked(null), // nobody whom this person may see: the list remains
    );
  }, [id, known === null, inbox.ready]);
  return known ?? (asked?.id === id ? asked : null);
}
