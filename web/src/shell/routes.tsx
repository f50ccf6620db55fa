/** Every page: where it is, what it is called in the menu, and who is shown the way there. */

import type { JSX } from "preact";
import { AppointmentPage } from "../appointments/appointment-page.tsx";
import { AppointmentsPage } from "../appointments/appointments-page.tsx";
import { AuditPage } from "../audit/audit-page.tsx";
import { DevicesPage } from "../devices/devices-page.tsx";
import { DispatchPage } from "../dispatch/dispatch-page.tsx";
import { ReportPage } from "../dispatch/report-page.tsx";
import { DoctorPage } from "../doctors/doctor-page.tsx";
import { DoctorsPage } from "../doctors/doctors-page.tsx";
import { ExercisePage } from "../exercise/exercise-page.tsx";
import { FacilitiesPage } from "../facilities/facilities-page.tsx";
import { FacilityPage } from "../facilities/facility-page.tsx";
import { FleetPage } from "../fleet-page.tsx";
import { CallPage } from "../follow/call-page.tsx";
import { FollowPage } from "../follow/follow-page.tsx";
import { InboxPage } from "../inbox/inbox-page.tsx";
import { PeoplePage } from "../people/people-page.tsx";
import { PersonPage } from "../people/person-page.tsx";
import { RecordAccessesPage } from "../people/record-accesses-page.tsx";
import { SessionPage } from "../physio/session-page.tsx";
import { WallPage } from "../physio/wall-page.tsx";
import { PlanPage } from "../plans/plan-page.tsx";
import { PlansPage } from "../plans/plans-page.tsx";
import { ProfilePage } from "../profile/profile-page.tsx";
import { watchesFleet } from "../shared/rights.ts";
import type { May } from "../shared/rights.ts";
import type { Way } from "./context.ts";

export interface PageProps {
  /** What stands in the place of `{id}` in the path. */
  readonly id: string;
}

export interface PageRoute {
  /** As in PAGE_PATHS of handlers/static.py. */
  readonly path: string;
  readonly page: (props: PageProps) => JSX.Element;
  readonly may: (may: May) => boolean;
  /** How it stands in the menu; pages without it are reached from others. */
  readonly menu?: Omit<Way, "path">;
}

const readsPeople = (may: May): boolean =>
  (may.read("patients") && !may.has("PT")) || (may.read("users") && may.has("RC", "SA", "AD"));

/** A device's page, in no menu: whoever opens it is not asked to sign in (app.tsx). */
export const TABLET = { path: "/tablet" } as const;

/** In the order of the menu. */
export const ROUTES: readonly PageRoute[] = [
  {
    path: "/",
    page: FleetPage,
    may: ({ user }) => watchesFleet(user),
    menu: { label: "Fleet", icon: "ambulance", key: "f" },
  },
  {
    path: "/dispatch",
    page: DispatchPage,
    may: (may) => may.act("dispatch.R"),
    menu: { label: "Dispatch", icon: "siren", key: "b" },
  },
  { path: "/dispatch/report", page: ReportPage, may: (may) => may.act("dispatch_reports.R") },
  {
    path: "/call",
    page: CallPage,
    may: (may) => may.create("ambulance_requests") && !watchesFleet(may.user),
    menu: { label: "Call help", icon: "siren", key: "e" },
  },
  { path: "/requests/{id}", page: FollowPage, may: (may) => may.read("ambulance_requests") },
  {
    path: "/people",
    page: PeoplePage,
    may: readsPeople,
    menu: { label: "People", icon: "people", key: "p" },
  },
  { path: "/people/{id}", page: PersonPage, may: readsPeople },
  {
    path: "/appointments",
    page: AppointmentsPage,
    may: (may) => may.read("appointments") && !may.has("AD"),
    menu: { label: "Visits", icon: "calendar", key: "v" },
  },
  { path: "/appointments/{id}", page: AppointmentPage, may: (may) => may.read("appointments") },
  {
    path: "/exercise",
    page: ExercisePage,
    may: (may) => may.act("exercise_day.R"),
    menu: { label: "Exercise", icon: "exercise", key: "x" },
  },
  {
    path: "/physio",
    page: WallPage,
    may: (may) => may.has("DR") && may.read("physio_sessions"),
    menu: { label: "Physio", icon: "pulse", key: "y" },
  },
  { path: "/physio/sessions/{id}", page: SessionPage, may: (may) => may.read("joint_motion_logs") },
  { path: "/plans", page: PlansPage, may: (may) => may.has("DR") && may.read("workout_plans") },
  { path: "/plans/{id}", page: PlanPage, may: (may) => may.read("workout_plans") },
  {
    path: "/doctors",
    page: DoctorsPage,
    may: (may) => may.read("doctors"),
    menu: { label: "Doctors", icon: "doctor", key: "d" },
  },
  { path: "/doctors/{id}", page: DoctorPage, may: (may) => may.read("doctors") },
  {
    path: "/facilities",
    page: FacilitiesPage,
    may: (may) => may.read("facilities"),
    menu: { label: "Facilities", icon: "building", key: "c" },
  },
  { path: "/facilities/{id}", page: FacilityPage, may: (may) => may.read("facilities") },
  {
    path: "/devices",
    page: DevicesPage,
    may: (may) => may.read("devices"),
    menu: { label: "Devices", icon: "device", key: "t" },
  },
  {
    path: "/inbox",
    page: InboxPage,
    may: () => true,
    menu: { label: "Inbox", icon: "mail", key: "i" },
  },
  {
    path: "/audit",
    page: AuditPage,
    may: (may) => may.read("audit_log"),
    menu: { label: "Audit", icon: "shield", key: "a" },
  },
  {
    path: "/record",
    page: RecordAccessesPage,
    may: (may) => may.read("record_accesses"),
    menu: { label: "My record", icon: "book", key: "r" },
  },
  {
    path: "/profile",
    page: ProfilePage,
    may: () => true,
    menu: { label: "Profile", icon: "person", key: "m" },
  },
];

/** The pages in the menu that are open to the person. */
export function waysOf(may: May): readonly Way[] {
  return ROUTES.flatMap(({ path, menu, may: opens }) => (menu !== undefined && opens(may) ? [{ path, ...menu }] : []));
}

/** Where those begin who do not watch the fleet: with their patients, their visits, else with what there is. */
export function landingOf(may: May): string {
  const wishes = may.has("PT") ? ["/appointments", "/profile"] : ["/people", "/appointments", "/profile"];
  const open = ROUTES.filter((route) => route.may(may));
  const wish = wishes.find((path) => open.some((route) => route.path === path));
  return wish ?? open.find(({ menu }) => menu !== undefined)?.path ?? "/";
}
